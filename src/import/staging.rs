//! Where the rows of price lists wait until every file has been read: a database of its own that nobody else sees.
//!
//! Rows of one meter lie anywhere in a file, and products and prices lie apart in JSON. They are brought together by
//! sorting, which SQLite does outside memory, so that memory stays flat whatever the size of a file. The file it does
//! it in has no name: it goes when the process goes, however it ends.

use rusqlite::{Connection, OptionalExtension, Row, params};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use chrono::NaiveDate;

use super::ImportError;
use super::cells::{COLUMNS, Cells, Column, Parts};
use super::meters::Target;
use super::mistakes::RowPlace;
use crate::catalog::table::{date_from_text, price_from_text};
use crate::domain::meter::MeterKey;
use crate::domain::unit::Unit;

/// How much of it is kept in memory.
const CACHE: &str = "PRAGMA cache_size = -8000";
/// What is lost with the process needs no journal.
const SETTINGS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE";

const TABLES: &str = "
    CREATE TABLE prices (
        service_code TEXT, region TEXT, usage_type TEXT, operation TEXT, unit TEXT, exact INTEGER, file INTEGER,
        effective_from TEXT, sku TEXT, tier_start TEXT, tier_end TEXT, price TEXT, related_to TEXT, line INTEGER,
        rate_code TEXT
    ) STRICT;
    CREATE TABLE reference (
        service_code TEXT, region TEXT, usage_type TEXT, operation TEXT, file INTEGER, row INTEGER, sku TEXT,
        rate_code TEXT, term_type TEXT, terms TEXT, description TEXT, effective_from TEXT, tier_start TEXT,
        tier_end TEXT, unit TEXT, price TEXT, currency TEXT
    ) STRICT;
    CREATE TABLE products (sku TEXT PRIMARY KEY, cells TEXT) STRICT, WITHOUT ROWID;
    CREATE TABLE free (sku TEXT PRIMARY KEY, quantity TEXT) STRICT, WITHOUT ROWID;
    BEGIN";
const ADD_PRICE: &str = "INSERT INTO prices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
const ADD_REFERENCE: &str = "
    INSERT INTO reference VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
const ADD_PRODUCT: &str = "INSERT OR REPLACE INTO products VALUES (?1, ?2)";
const PRODUCT: &str = "SELECT cells FROM products WHERE sku = ?1";
const FORGET_PRODUCTS: &str = "DELETE FROM products";
const ADD_FREE: &str = "INSERT OR REPLACE INTO free VALUES (?1, ?2)";
const FREE: &str = "SELECT quantity FROM free WHERE sku = ?1";
const PRICES: &str = "SELECT * FROM prices ORDER BY service_code, region, usage_type, operation, file, rowid";
const REFERENCE: &str = "SELECT * FROM reference ORDER BY service_code, region, usage_type, operation, file, row";
const INDEX_METERS: &str =
    "CREATE INDEX IF NOT EXISTS prices_by_meter ON prices (service_code, region, usage_type, operation)";
const HAS_METER: &str =
    "SELECT 1 FROM prices WHERE service_code = ?1 AND region = ?2 AND usage_type = ?3 AND operation = ?4 LIMIT 1";
/// What divides the cells of a product; it is in no text of AWS's.
const DIVIDER: char = '\u{1f}';

/// The rows that wait.
#[derive(Debug)]
pub(super) struct Staging(Connection);

/// A row that has found its meter.
#[derive(Debug, Clone)]
pub(super) struct StagedRow {
    /// Whether its operation is the meter's own.
    pub exact: bool,
    /// The position of its file.
    pub file: usize,
    /// The first day AWS charges it.
    pub effective_from: NaiveDate,
    /// The product.
    pub sku: SmolStr,
    /// Where its tier begins.
    pub tier_start: Decimal,
    /// Where its tier ends; `None` for the last.
    pub tier_end: Option<Decimal>,
    /// US dollars for each unit.
    pub price: Decimal,
    /// The product with the free allowance that goes before it; empty where there is none.
    pub related_to: String,
    /// Where it stands.
    pub place: RowPlace,
}

/// Every row of one meter.
#[derive(Debug, Clone)]
pub(super) struct StagedMeter {
    /// The meter.
    pub meter: MeterKey,
    /// Its unit.
    pub unit: Unit,
    /// Its rows, file by file and in the order of each file.
    pub rows: Vec<StagedRow>,
}

/// A row that no meter of ours is about, as it is kept for reference.
#[derive(Debug, Clone)]
pub(super) struct ReferenceRow(pub [Option<String>; 15], pub i64, pub i64);

impl Staging {
    /// An empty place.
    pub(super) fn new() -> Result<Self, ImportError> {
        // An empty name is a file of SQLite's own that is removed as soon as it is open.
        let raw = Connection::open("")?;
        raw.execute_batch(SETTINGS)?;
        raw.execute_batch(CACHE)?;
        raw.execute_batch(TABLES)?;
        Ok(Self(raw))
    }

    /// Adds a row that has found its meter.
    pub(super) fn add(&self, target: &Target, row: &StagedRow) -> Result<(), ImportError> {
        let meter = &target.meter;
        self.0.prepare_cached(ADD_PRICE)?.execute(params![
            meter.service_code.as_str(),
            meter.region.as_str(),
            meter.usage_type.as_str(),
            meter.operation.as_str(),
            target.unit.as_str(),
            target.exact,
            i64::try_from(row.file).unwrap_or_default(),
            row.effective_from.to_string(),
            row.sku.as_str(),
            row.tier_start.to_string(),
            row.tier_end.map(|end| end.to_string()),
            row.price.to_string(),
            row.related_to,
            i64::try_from(row.place.line).unwrap_or_default(),
            row.place.rate_code,
        ])?;
        Ok(())
    }

    /// Adds a row that is kept for reference only.
    pub(super) fn add_reference(
        &self,
        region: &str,
        file: usize,
        at: u64,
        row: &impl Cells,
    ) -> Result<(), ImportError> {
        let terms: Vec<&str> = [Column::LeaseContractLength, Column::PurchaseOption, Column::OfferingClass]
            .into_iter()
            .map(|column| row.cell(column))
            .filter(|text| !text.is_empty())
            .collect();
        let service_code = [row.cell(Column::DiscountedServiceCode), row.cell(Column::ServiceCode)];
        let usage_type = [row.cell(Column::DiscountedUsageType), row.cell(Column::UsageType)];
        let operation = [row.cell(Column::DiscountedOperation), row.cell(Column::Operation)];
        let first = |texts: [&str; 2]| texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
        self.0.prepare_cached(ADD_REFERENCE)?.execute(params![
            first(service_code),
            region,
            first(usage_type),
            first(operation),
            i64::try_from(file).unwrap_or_default(),
            i64::try_from(at).unwrap_or_default(),
            row.cell(Column::Sku),
            row.cell(Column::RateCode),
            row.cell(Column::TermType),
            terms.join(" / "),
            row.cell(Column::PriceDescription),
            row.cell(Column::EffectiveDate),
            row.cell(Column::StartingRange),
            row.cell(Column::EndingRange),
            row.cell(Column::Unit),
            row.cell(Column::PricePerUnit),
            row.cell(Column::Currency),
        ])?;
        Ok(())
    }

    /// Keeps a product of a JSON file for its prices, which come later.
    pub(super) fn add_product(&self, sku: &str, product: &Parts) -> Result<(), ImportError> {
        let mut cells = String::with_capacity(256);
        for column in Column::ALL {
            cells.push_str(product.cell(column));
            cells.push(DIVIDER);
        }
        self.0.prepare_cached(ADD_PRODUCT)?.execute(params![sku, cells])?;
        Ok(())
    }

    /// The product with a SKU, written into `product`.
    pub(super) fn product(&self, sku: &str, product: &mut Parts) -> Result<bool, ImportError> {
        let mut statement = self.0.prepare_cached(PRODUCT)?;
        let mut rows = statement.query([sku])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let cells = row.get_ref(0)?.as_str().unwrap_or_default();
        for (column, text) in Column::ALL.into_iter().zip(cells.split(DIVIDER).take(COLUMNS)) {
            product.set(column, text);
        }
        Ok(true)
    }

    /// Drops the products of a file that has been read.
    pub(super) fn forget_products(&self) -> Result<(), ImportError> {
        self.0.execute(FORGET_PRODUCTS, [])?;
        Ok(())
    }

    /// Notes the free quantity of a product that stands for an allowance.
    pub(super) fn add_free(&self, sku: &str, quantity: Decimal) -> Result<(), ImportError> {
        self.0.prepare_cached(ADD_FREE)?.execute(params![sku, quantity.to_string()])?;
        Ok(())
    }

    /// The free quantity that a product stands for.
    pub(super) fn free(&self, sku: &str) -> Result<Option<Decimal>, ImportError> {
        let found = self.0.prepare_cached(FREE)?.query_row([sku], |row| row.get::<_, String>(0)).optional()?;
        Ok(found.and_then(|text| price_from_text(&text).ok()))
    }

    /// Prepares to be asked for single meters.
    pub(super) fn index_meters(&self) -> Result<(), ImportError> {
        self.0.execute(INDEX_METERS, [])?;
        Ok(())
    }

    /// Whether any row prices a meter.
    pub(super) fn has_meter(&self, meter: &MeterKey) -> Result<bool, ImportError> {
        let MeterKey { service_code, region, usage_type, operation } = meter;
        let names = [service_code.as_str(), region, usage_type, operation];
        Ok(self.0.prepare_cached(HAS_METER)?.exists(names)?)
    }

    /// Goes through the meters, in the order of their names.
    pub(super) fn each_meter(
        &self,
        mut each: impl FnMut(StagedMeter) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let mut statement = self.0.prepare(PRICES)?;
        let mut rows = statement.query([])?;
        let mut current: Option<StagedMeter> = None;
        while let Some(row) = rows.next()? {
            let text = |at| row.get_ref(at).map(|value| value.as_str().unwrap_or_default());
            let names = [text(0)?, text(1)?, text(2)?, text(3)?];
            let same = current.as_ref().is_some_and(|staged| {
                let MeterKey { service_code, region, usage_type, operation } = &staged.meter;
                names == [service_code.as_str(), region, usage_type, operation]
            });
            if !same {
                if let Some(done) = current.take() {
                    each(done)?;
                }
                let [service_code, region, usage_type, operation] = names.map(SmolStr::new);
                let meter = MeterKey { service_code, region, usage_type, operation };
                let unit = Unit::parse(text(4)?).unwrap_or(Unit::HOURS);
                current = Some(StagedMeter { meter, unit, rows: Vec::new() });
            }
            if let Some(staged) = &mut current {
                staged.rows.push(staged_row(row)?);
            }
        }
        current.map_or(Ok(()), each)
    }

    /// Goes through the rows that are kept for reference, in the order of their names.
    pub(super) fn each_reference(
        &self,
        mut each: impl FnMut(&ReferenceRow) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let mut statement = self.0.prepare(REFERENCE)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut texts: [Option<String>; 15] = Default::default();
            let columns = (0..4).chain(6..17);
            for (text, at) in texts.iter_mut().zip(columns) {
                *text = row.get(at)?;
            }
            each(&ReferenceRow(texts, row.get(4)?, row.get(5)?))?;
        }
        Ok(())
    }
}

fn staged_row(row: &Row<'_>) -> Result<StagedRow, ImportError> {
    let lost = || ImportError::Staging(rusqlite::Error::InvalidQuery);
    let text = |at| row.get_ref(at).map(|value| value.as_str().unwrap_or_default());
    let decimal = |text: &str| price_from_text(text).map_err(|_| lost());
    let end: Option<String> = row.get(10)?;
    Ok(StagedRow {
        exact: row.get(5)?,
        file: usize::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
        effective_from: date_from_text(text(7)?).ok_or_else(lost)?,
        sku: SmolStr::new(text(8)?),
        tier_start: decimal(text(9)?)?,
        tier_end: end.map(|end| decimal(&end)).transpose()?,
        price: decimal(text(11)?)?,
        related_to: row.get(12)?,
        place: RowPlace { line: u64::try_from(row.get::<_, i64>(13)?).unwrap_or_default(), rate_code: row.get(14)? },
    })
}
