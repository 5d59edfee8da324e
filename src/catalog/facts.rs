//! Facts: limits, quotas, SLAs, lead times and scores that decisions cite, each with its source and date.
//!
//! Rules hold no number of their own: they name a fact. When AWS changes a limit, one entry changes and every
//! explanation with it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use rust_decimal::Decimal;

use crate::domain::amount::Amount;
use crate::domain::problem::{Code, Problem};

/// How firm a fact is. It says what a rule that cites it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hardness {
    /// It cannot be otherwise.
    Physical,
    /// AWS does not raise it.
    HardQuota,
    /// AWS raises it on request.
    AdjustableQuota,
    /// The user's or AWS's policy.
    Policy,
    /// Published advice.
    Guidance,
    /// Our own judgement inside published ranges; editable.
    Judgement,
}

impl Hardness {
    /// Every level.
    pub const ALL: [Self; 6] =
        [Self::Physical, Self::HardQuota, Self::AdjustableQuota, Self::Policy, Self::Guidance, Self::Judgement];

    /// As it is spelled in the files and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Physical => "physical",
            Self::HardQuota => "hard_quota",
            Self::AdjustableQuota => "adjustable_quota",
            Self::Policy => "policy",
            Self::Guidance => "guidance",
            Self::Judgement => "judgement",
        }
    }

    /// The level that is spelled so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// A number in the fact's unit.
    Number(Decimal),
    /// A set of names, such as Regions.
    Names(Vec<String>),
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its id, unique over all topics.
    pub id: String,
    /// The topic: the stem of the file it stands in.
    pub topic: String,
    /// What it says.
    pub value: FactValue,
    /// The unit of the value.
    pub unit: String,
    /// What it is about, in a sentence.
    pub what: String,
    /// How firm it is.
    pub hardness: Hardness,
    /// The link to the source.
    pub source: String,
    /// The date of the source, as the source gives it.
    pub source_date: String,
    /// The day somebody last read the source.
    pub verified_on: NaiveDate,
    /// What a reader should know about it.
    pub note: Option<String>,
    /// The entry of the list of contradictory or uncertain facts that names it.
    pub flagged: Option<String>,
}

/// The soft scores of one option, or of one variant of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRow {
    /// The id of the option.
    pub option: String,
    /// The layout or circuit it is about, where that matters.
    pub variant: Option<String>,
    /// The scores from 0 to 10 by criterion, in the order of the file.
    pub scores: Vec<(String, Decimal)>,
    /// What they rest on: `G` for published guidance, `J` for our judgement.
    pub basis: String,
    /// What a reader should know about them.
    pub note: Option<String>,
}

/// A table of soft scores: option and variant → criterion → score from 0 to 10.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreTable {
    /// The default weight of each criterion, in the order of the file; they sum to 1.
    pub weights: Vec<(String, Decimal)>,
    /// The rows, in the order of the file.
    pub rows: Vec<ScoreRow>,
}

impl ScoreTable {
    /// The scores of an option in a variant; those of the option without one, where it has no row for the variant.
    pub fn row(&self, option: &str, variant: Option<&str>) -> Option<&ScoreRow> {
        let with = |wanted: Option<&str>| {
            self.rows.iter().find(|row| row.option == option && row.variant.as_deref() == wanted)
        };
        with(variant).or_else(|| with(None))
    }

    /// One score of an option in a variant.
    pub fn score(&self, option: &str, variant: Option<&str>, criterion: &str) -> Option<Decimal> {
        self.row(option, variant)?.scores.iter().find(|(name, _)| name == criterion).map(|(_, score)| *score)
    }
}

/// The facts by id, and the score tables by topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Looked up by the ten thousand in one decision.
    facts: HashMap<String, Arc<Fact>, RandomState>,
    scores: BTreeMap<String, ScoreTable>,
}

impl Facts {
    /// The facts and the score tables, by their ids.
    pub fn new(facts: Vec<Fact>, scores: BTreeMap<String, ScoreTable>) -> Self {
        Self { facts: facts.into_iter().map(|fact| (fact.id.clone(), Arc::new(fact))).collect(), scores }
    }

    /// The fact with an id.
    ///
    /// # Errors
    /// An internal problem: a rule cites a fact that is not in the data. A test proves that none does.
    pub fn get(&self, id: &str) -> Result<&Arc<Fact>, Problem> {
        self.facts
            .get(id)
            .ok_or_else(|| Problem::new(Code::Internal, "", format!("the fact `{id}` is not in the data")))
    }

    /// The number of a fact, as an amount.
    ///
    /// # Errors
    /// As [`Facts::get`]; also where the fact is a set of names.
    pub fn number(&self, id: &str) -> Result<Amount, Problem> {
        match &self.get(id)?.value {
            FactValue::Number(number) => Ok(Amount::decimal(*number)),
            FactValue::Names(_) => Err(Problem::new(Code::Internal, "", format!("the fact `{id}` is not a number"))),
        }
    }

    /// The names of a fact that is a set.
    ///
    /// # Errors
    /// As [`Facts::get`]; also where the fact is a number.
    pub fn names(&self, id: &str) -> Result<&[String], Problem> {
        match &self.get(id)?.value {
            FactValue::Names(names) => Ok(names),
            FactValue::Number(_) => Err(Problem::new(Code::Internal, "", format!("the fact `{id}` is not a set"))),
        }
    }

    /// The score table of a topic.
    pub fn scores(&self, topic: &str) -> Option<&ScoreTable> {
        self.scores.get(topic)
    }

    /// The topics that have scores, with their tables.
    pub fn score_tables(&self) -> impl Iterator<Item = (&str, &ScoreTable)> {
        self.scores.iter().map(|(topic, table)| (topic.as_str(), table))
    }

    /// All facts, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        let mut facts: Vec<&Fact> = self.facts.values().map(Arc::as_ref).collect();
        facts.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        facts.into_iter()
    }
}
