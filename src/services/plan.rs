//! A plan: several resources, metered one after the other.

use smol_str::SmolStr;

use super::metering::Metering;
use super::{Service, Usage};
use crate::catalog::Catalog;
use crate::domain::amount::NumberError;
use crate::domain::bill::{Assumption, Notice};
use crate::domain::meter::UsageRecord;
use crate::domain::month::Month;
use crate::domain::probe::Probe;

/// A resource whose usage has been read and checked.
#[derive(Debug)]
pub struct Planned {
    /// Its name.
    pub name: SmolStr,
    /// Its service.
    pub service: &'static Service,
    /// Its Region.
    pub region: SmolStr,
    /// What is planned.
    pub usage: Box<dyn Usage>,
}

impl Planned {
    /// A resource of a service.
    pub fn new(name: &str, service: &'static Service, region: &str, usage: impl Usage + 'static) -> Self {
        Self { name: name.into(), service, region: region.into(), usage: Box::new(usage) }
    }
}

/// What metering a list of resources gives.
#[derive(Debug, Default)]
pub struct Metered {
    /// The usage records, in the order of the resources.
    pub records: Vec<Box<UsageRecord>>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What to know.
    pub notices: Vec<Notice>,
}

/// Meters resources whose values have been checked.
///
/// # Errors
/// Where two amounts that both move with a swept input would have to be multiplied.
pub fn meter(planned: &[Planned], month: &Month, catalog: &Catalog, probe: &mut Probe) -> Result<Metered, NumberError> {
    let mut metered = Metered::default();
    for (at, resource) in planned.iter().enumerate() {
        let mut metering = Metering::new(catalog, &resource.region, month, probe, at);
        resource.usage.meter(&mut metering)?;
        if metered.records.is_empty() {
            metered.records = metering.records;
        } else {
            metered.records.append(&mut metering.records);
        }
        metered.assumptions.append(&mut metering.assumptions);
        metered.notices.append(&mut metering.notices);
    }
    Ok(metered)
}
