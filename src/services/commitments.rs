//! What commitments are called as meters: rates of Savings Plans, and the fees of Reserved Instances.
//!
//! How AWS sells them (<https://docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-reserved-instances.html>, read 2026-11-25):
//! - A Savings Plan commits to so many dollars an hour for one or three years. Every unit of usage that it covers burns
//!   some of them: the rate of the plan for that usage type and operation, term and payment. How it is paid changes the
//!   rate and the time of paying; there is no upfront fee beside the rate.
//! - A Reserved Instance has, for one usage type and operation, an hourly rate that is paid for every hour of the term,
//!   used or not, and an upfront fee: none with `No Upfront`, both with `Partial Upfront`, the fee alone with
//!   `All Upfront`.
//!
//! AWS's price lists hold these rates under the usage type that they replace. A meter has one price, so each rate has a
//! name of its own here. Whoever writes such a price and whoever uses it makes the name with the functions below;
//! `pricing-data/README.md` describes the forms.

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};
use utoipa::ToSchema;

use super::Usage;
use super::metering::Metering;
use crate::catalog::Catalog;
use crate::domain::amount::{Amount, NumberError};
use crate::domain::check::Check;
use crate::domain::meter::{Factor, MeterKey};
use crate::domain::unit::Unit;

/// How long a commitment lasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
pub enum Term {
    /// One year.
    #[default]
    #[serde(rename = "1yr")]
    OneYear,
    /// Three years.
    #[serde(rename = "3yr")]
    ThreeYears,
}

impl Term {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::OneYear, Self::ThreeYears];

    /// As the price list's `LeaseContractLength` spells it, and as it is spelled in meters and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneYear => "1yr",
            Self::ThreeYears => "3yr",
        }
    }

    /// Reads the length of a price list: `1yr`, `1 yr`, or the bare number of years of a Savings Plan file.
    pub fn from_price_list(length: &str) -> Option<Self> {
        match length.trim().trim_end_matches("year").trim_end_matches("yr").trim_end() {
            "1" => Some(Self::OneYear),
            "3" => Some(Self::ThreeYears),
            _ => None,
        }
    }

    /// The term of so many months: 12 or 36.
    pub fn of_months(months: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.months() == months)
    }

    /// Its months.
    pub fn months(self) -> u64 {
        match self {
            Self::OneYear => 12,
            Self::ThreeYears => 36,
        }
    }

    /// Its hours, of years of 8,760.
    pub fn hours(self) -> u64 {
        match self {
            Self::OneYear => 8_760,
            Self::ThreeYears => 26_280,
        }
    }
}

/// How a commitment is paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// By the hour.
    #[default]
    NoUpfront,
    /// About half at once, the rest by the hour.
    PartialUpfront,
    /// All at once.
    AllUpfront,
}

impl Payment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NoUpfront, Self::PartialUpfront, Self::AllUpfront];

    /// As it is spelled in meters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoUpfront => "no-upfront",
            Self::PartialUpfront => "partial-upfront",
            Self::AllUpfront => "all-upfront",
        }
    }

    /// Reads the `PurchaseOption` of a price list: `No Upfront`; old files write `NoUpfront`.
    pub fn from_price_list(option: &str) -> Option<Self> {
        let plain = option.replace([' ', '-', '_'], "").to_lowercase();
        Self::ALL.into_iter().find(|payment| payment.as_str().replace('-', "") == plain)
    }
}

/// What may be changed about a Reserved Instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferingClass {
    /// It keeps its family, and can be sold.
    #[default]
    Standard,
    /// It can be exchanged for another family, and cannot be sold.
    Convertible,
}

impl OfferingClass {
    /// As the price list's `OfferingClass` spells it, and as it is spelled in meters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Convertible => "convertible",
        }
    }

    /// Reads the `OfferingClass` of a price list.
    pub fn from_price_list(class: &str) -> Option<Self> {
        [Self::Standard, Self::Convertible].into_iter().find(|known| class.eq_ignore_ascii_case(known.as_str()))
    }
}

/// A kind of Savings Plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SavingsPlan {
    /// EC2 of any family and Region, Fargate and Lambda.
    Compute,
    /// EC2 of one family in one Region.
    Ec2Instance,
    /// Databases.
    Database,
    /// SageMaker AI.
    SageMaker,
}

impl SavingsPlan {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Compute, Self::Ec2Instance, Self::Database, Self::SageMaker];

    /// The product family of its rows in the price list: what stands for a service code in its meters.
    pub const fn service_code(self) -> &'static str {
        match self {
            Self::Compute => "ComputeSavingsPlans",
            Self::Ec2Instance => "EC2InstanceSavingsPlans",
            Self::Database => "DatabaseSavingsPlans",
            Self::SageMaker => "SageMakerSavingsPlans",
        }
    }

    /// The plan of a product family.
    pub fn from_price_list(product_family: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.service_code() == product_family)
    }

    /// The services whose usage types stand in its meters without the service code before them.
    fn plain_services(self) -> &'static [&'static str] {
        match self {
            Self::Compute => &["AmazonEC2", "AmazonECS", "AWSLambda"],
            Self::Ec2Instance => &["AmazonEC2"],
            Self::Database => &["AmazonRDS", "AmazonDynamoDB"],
            Self::SageMaker => &["AmazonSageMaker"],
        }
    }
}

/// The meter of what a unit of covered usage costs under a Savings Plan. `covered` is the on-demand meter that the plan
/// discounts; the rate is in the unit of that meter.
///
/// The usage type is that of the covered meter, after its service code and a colon where it is none of the plan's own
/// services, since ECS and EKS give tasks the same usage types. The operation is term and payment, then a colon and the
/// covered operation where there is one: `1yr-no-upfront:RunInstances`.
pub fn plan_rate(plan: SavingsPlan, term: Term, payment: Payment, covered: &MeterKey) -> MeterKey {
    let (term, payment) = (term.as_str(), payment.as_str());
    MeterKey {
        service_code: SmolStr::new_static(plan.service_code()),
        region: covered.region.clone(),
        usage_type: if plan.plain_services().contains(&covered.service_code.as_str()) {
            covered.usage_type.clone()
        } else {
            format_smolstr!("{}:{}", covered.service_code, covered.usage_type)
        },
        operation: if covered.operation.is_empty() {
            format_smolstr!("{term}-{payment}")
        } else {
            format_smolstr!("{term}-{payment}:{}", covered.operation)
        },
    }
}

/// The meter of the hourly rate of a Reserved Instance, in hours: `reserved:<usage type>:<class>-<term>-<payment>`, with
/// the service code and the operation of the on-demand meter.
pub fn reserved_hours(class: OfferingClass, term: Term, payment: Payment, covered: &MeterKey) -> MeterKey {
    reserved("reserved", class, term, payment, covered)
}

/// The meter of the upfront fee of a Reserved Instance, in reservations (unit `Quantity`):
/// `reserved-upfront:<usage type>:<class>-<term>-<payment>`, with the service code and the operation of the on-demand
/// meter.
pub fn reserved_upfront(class: OfferingClass, term: Term, payment: Payment, covered: &MeterKey) -> MeterKey {
    reserved("reserved-upfront", class, term, payment, covered)
}

fn reserved(what: &str, class: OfferingClass, term: Term, payment: Payment, covered: &MeterKey) -> MeterKey {
    let (class, term, payment) = (class.as_str(), term.as_str(), payment.as_str());
    MeterKey {
        usage_type: format_smolstr!("{what}:{}:{class}-{term}-{payment}", covered.usage_type),
        ..covered.clone()
    }
}

/// A Compute Savings Plan that covers usage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputeSavingsPlan {
    /// How long it lasts.
    #[serde(default)]
    #[schema(inline, default = "1yr")]
    pub term: Term,
    /// How it is paid.
    #[serde(default)]
    #[schema(inline, default = "no_upfront")]
    pub payment: Payment,
}

impl ComputeSavingsPlan {
    /// The meter of a covered one.
    pub fn rate(self, covered: &MeterKey) -> MeterKey {
        plan_rate(SavingsPlan::Compute, self.term, self.payment, covered)
    }
}

/// Usage that is billed at a factor of itself: at `1 − discount` for a commitment whose rate is not known but as a
/// discount, or at the months that are paid for each month of use. Requests are left as they are: no plan covers them.
#[derive(Debug)]
pub struct Scaled {
    /// What is planned.
    pub usage: Box<dyn Usage>,
    /// The factor, not negative.
    pub factor: Amount,
    /// What it is, as the line shows it.
    pub of: &'static str,
}

impl Usage for Scaled {
    fn check(&self, check: &mut Check, catalog: &Catalog) {
        self.usage.check(check, catalog);
    }

    fn meter(&self, metering: &mut Metering<'_>) -> Result<(), NumberError> {
        let before = metering.records.len();
        self.usage.meter(metering)?;
        for record in metering.records.iter_mut().skip(before).filter(|record| record.unit != Unit::REQUESTS) {
            record.quantity = record.quantity.times(&self.factor)?;
            record.factors.push(Factor { value: self.factor.clone(), of: SmolStr::new_static(self.of) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(service_code: &'static str, usage_type: &'static str, operation: &'static str) -> MeterKey {
        MeterKey {
            service_code: SmolStr::new_static(service_code),
            region: SmolStr::new_static("eu-west-2"),
            usage_type: SmolStr::new_static(usage_type),
            operation: SmolStr::new_static(operation),
        }
    }

    #[test]
    fn a_plan_rate_is_named_after_what_it_covers() {
        for (plan, covered, name) in [
            (
                SavingsPlan::Compute,
                meter("AmazonECS", "Fargate-GB-Hours", ""),
                "ComputeSavingsPlans / eu-west-2 / Fargate-GB-Hours / 3yr-all-upfront",
            ),
            (
                SavingsPlan::Compute,
                meter("AmazonEKS", "Fargate-GB-Hours", ""),
                "ComputeSavingsPlans / eu-west-2 / AmazonEKS:Fargate-GB-Hours / 3yr-all-upfront",
            ),
            (
                SavingsPlan::Ec2Instance,
                meter("AmazonEC2", "BoxUsage:m5.large", "RunInstances:0002"),
                "EC2InstanceSavingsPlans / eu-west-2 / BoxUsage:m5.large / 3yr-all-upfront:RunInstances:0002",
            ),
            (
                SavingsPlan::Database,
                meter("AmazonDocDB", "InstanceUsage:db.r6g.large", "CreateDBInstance:0018"),
                "DatabaseSavingsPlans / eu-west-2 / AmazonDocDB:InstanceUsage:db.r6g.large / \
                 3yr-all-upfront:CreateDBInstance:0018",
            ),
        ] {
            assert_eq!(plan_rate(plan, Term::ThreeYears, Payment::AllUpfront, &covered).to_string(), name);
        }
    }

    #[test]
    fn the_fees_of_a_reservation_are_named_after_what_it_covers() {
        let covered = meter("AmazonEC2", "BoxUsage:m5.large", "RunInstances");
        let (class, term, payment) = (OfferingClass::Convertible, Term::OneYear, Payment::PartialUpfront);
        assert_eq!(
            reserved_hours(class, term, payment, &covered).to_string(),
            "AmazonEC2 / eu-west-2 / reserved:BoxUsage:m5.large:convertible-1yr-partial-upfront / RunInstances"
        );
        assert_eq!(
            reserved_upfront(class, term, payment, &covered).to_string(),
            "AmazonEC2 / eu-west-2 / reserved-upfront:BoxUsage:m5.large:convertible-1yr-partial-upfront / RunInstances"
        );
    }

    #[test]
    fn the_words_of_a_price_list_are_read() {
        for (text, term) in
            [("1yr", Some(Term::OneYear)), ("3 yr", Some(Term::ThreeYears)), ("1", Some(Term::OneYear)), ("2yr", None)]
        {
            assert_eq!(Term::from_price_list(text), term, "{text}");
        }
        for (text, payment) in [
            ("No Upfront", Some(Payment::NoUpfront)),
            ("AllUpfront", Some(Payment::AllUpfront)),
            ("Partial Upfront", Some(Payment::PartialUpfront)),
            ("Heavy Utilization", None),
        ] {
            assert_eq!(Payment::from_price_list(text), payment, "{text}");
        }
        assert_eq!(OfferingClass::from_price_list("Convertible"), Some(OfferingClass::Convertible));
        assert_eq!(OfferingClass::from_price_list(""), None);
        for plan in SavingsPlan::ALL {
            assert_eq!(SavingsPlan::from_price_list(plan.service_code()), Some(plan));
        }
        assert_eq!(SavingsPlan::from_price_list("ComputeInstance"), None);
    }

    #[test]
    fn a_term_has_its_months() {
        assert_eq!(Term::of_months(36), Some(Term::ThreeYears));
        assert_eq!(Term::of_months(24), None);
        for term in Term::ALL {
            assert_eq!(term.hours(), term.months() * 730);
        }
    }
}
