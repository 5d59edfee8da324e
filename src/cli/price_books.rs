//! `crossover price-books`: the price books of a database. What is listed and shown is the REST answer; what is put is
//! checked by the same code and goes into the file itself, so whoever may write to that needs no token.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::fault::Fault;
use super::request::json_of;
use super::{Format, Shell, ask, lists, load, on_store};
use crate::app::price_book::view::PriceBookView;
use crate::app::price_book::{PriceBookRequest, check_name};
use crate::catalog::books::Books;
use crate::catalog::seed::Files;
use crate::domain::problem::{Code, Problem};

/// What to do with price books.
#[derive(Debug, Clone, Subcommand)]
pub enum PriceBooksCommand {
    /// List the price books.
    List(BookArgs),
    /// Show the rates of a price book; `acme@1` is its first revision.
    Show {
        /// The name of the book.
        name: String,
        /// Where it is, and how it is written.
        #[command(flatten)]
        book: BookArgs,
    },
    /// Add a price book, or replace it by a new revision. It is checked whole before anything changes.
    Put {
        /// The name of the book.
        name: String,
        /// The book as JSON or YAML, as the REST body has it; `-` is standard input.
        file: String,
        /// Where it goes, and how the answer is written.
        #[command(flatten)]
        book: BookArgs,
    },
    /// Remove a price book. Its revisions stay, and are named by `acme@1`.
    Delete {
        /// The name of the book.
        name: String,
        /// Where it is, and how the answer is written.
        #[command(flatten)]
        book: BookArgs,
    },
}

/// Where the price books are, and how an answer is written.
#[derive(Debug, Clone, Args)]
pub struct BookArgs {
    /// The database that holds the price books. `put` makes it where it does not exist.
    #[arg(long, env = "CROSSOVER_DATABASE", value_name = "FILE", default_value = "crossover.db")]
    database: PathBuf,
    /// How to write the answer; `json` is exactly the body that the REST service sends.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs `crossover price-books`.
pub fn run(command: &PriceBooksCommand, shell: &mut Shell<'_>) -> Result<(), Fault> {
    match command {
        PriceBooksCommand::List(book) => show("/v1/price_books", book, shell),
        PriceBooksCommand::Show { name, book } => show(&format!("/v1/price_books/{name}"), book, shell),
        PriceBooksCommand::Put { name, file, book } => put(name, file, book, shell),
        PriceBooksCommand::Delete { name, book } => delete(name, book, shell),
    }
}

fn show(path: &str, book: &BookArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    let body = ask::get(path, &[], load(Some(&book.database), None, shell)?, shell.clock)?;
    write(&body, book.format, shell)
}

fn put(name: &str, file: &str, book: &BookArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    check_name(name, "")?;
    let request = PriceBookRequest::read(&json_of(file, &mut *shell.stdin)?)?;
    let added = on_store(&book.database, |store| async move {
        // A new file gets the prices of this program, as from `serve`.
        if store.active().await?.is_none() {
            store.seed(&Files::embedded()).await?;
        }
        let catalog = store.load(None).await?;
        let draft = match request.check(name, &catalog) {
            Ok(draft) => draft,
            Err(problems) => return Ok(Err(Fault::from(problems))),
        };
        Ok(Ok(store.add_book(draft).await?))
    })??;
    write(&serde_json::to_vec(&PriceBookView::from(&added))?, book.format, shell)
}

fn delete(name: &str, book: &BookArgs, shell: &mut Shell<'_>) -> Result<(), Fault> {
    if !book.database.is_file() {
        return Err(super::no_database(&book.database));
    }
    let removed = on_store(&book.database, |store| async move {
        // Says so where there is no such book, and names the nearest. A revision cannot be removed.
        let books = store.books(&Books::default()).await?;
        if let Err(problem) = books.find(name, "").and_then(|_| check_name(name, "")) {
            return Ok(Err(problem));
        }
        let gone = || Problem::new(Code::UnknownPriceBook, "", format!("the price book `{name}` is gone already"));
        Ok(store.remove_book(name).await?.ok_or_else(gone))
    })??;
    write(&serde_json::to_vec(&PriceBookView::from(&removed))?, book.format, shell)
}

fn write(body: &[u8], format: Format, shell: &mut Shell<'_>) -> Result<(), Fault> {
    if format == Format::Json {
        return shell.write_body(body);
    }
    let answer: Value = serde_json::from_slice(body)?;
    match answer.get("price_books") {
        Some(_) => lists::write_price_books(shell.stdout, format, &answer),
        None => lists::write_price_book(shell.stdout, format, &answer),
    }
}
