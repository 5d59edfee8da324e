//! One row of a price list, whatever kind of file it stands in.
//!
//! A CSV file has a column for each of these, in an order that changes from service to service and from year to year;
//! a JSON file spreads them over products, terms and price dimensions. What takes rows asks by [`Column`] and does not
//! know which it was.

/// A column that an import reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Column {
    Sku,
    OfferTermCode,
    RateCode,
    TermType,
    PriceDescription,
    EffectiveDate,
    StartingRange,
    EndingRange,
    Unit,
    PricePerUnit,
    Currency,
    RelatedTo,
    LeaseContractLength,
    PurchaseOption,
    OfferingClass,
    ServiceCode,
    Location,
    LocationType,
    RegionCode,
    FromLocation,
    FromRegionCode,
    ToLocation,
    ToRegionCode,
    UsageType,
    Operation,
    DiscountedServiceCode,
    DiscountedUsageType,
    DiscountedOperation,
    DiscountedRegionCode,
}

/// How many columns there are.
pub(super) const COLUMNS: usize = Column::DiscountedRegionCode as usize + 1;

impl Column {
    /// Every column, in the order of its number.
    pub(super) const ALL: [Self; COLUMNS] = [
        Self::Sku,
        Self::OfferTermCode,
        Self::RateCode,
        Self::TermType,
        Self::PriceDescription,
        Self::EffectiveDate,
        Self::StartingRange,
        Self::EndingRange,
        Self::Unit,
        Self::PricePerUnit,
        Self::Currency,
        Self::RelatedTo,
        Self::LeaseContractLength,
        Self::PurchaseOption,
        Self::OfferingClass,
        Self::ServiceCode,
        Self::Location,
        Self::LocationType,
        Self::RegionCode,
        Self::FromLocation,
        Self::FromRegionCode,
        Self::ToLocation,
        Self::ToRegionCode,
        Self::UsageType,
        Self::Operation,
        Self::DiscountedServiceCode,
        Self::DiscountedUsageType,
        Self::DiscountedOperation,
        Self::DiscountedRegionCode,
    ];

    /// The header of the column in a CSV file. Older files differ in capitals only. A Savings Plan file calls its
    /// price `DiscountedRate`.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Sku => "SKU",
            Self::OfferTermCode => "OfferTermCode",
            Self::RateCode => "RateCode",
            Self::TermType => "TermType",
            Self::PriceDescription => "PriceDescription",
            Self::EffectiveDate => "EffectiveDate",
            Self::StartingRange => "StartingRange",
            Self::EndingRange => "EndingRange",
            Self::Unit => "Unit",
            Self::PricePerUnit => "PricePerUnit",
            Self::Currency => "Currency",
            Self::RelatedTo => "RelatedTo",
            Self::LeaseContractLength => "LeaseContractLength",
            Self::PurchaseOption => "PurchaseOption",
            Self::OfferingClass => "OfferingClass",
            Self::ServiceCode => "serviceCode",
            Self::Location => "Location",
            Self::LocationType => "Location Type",
            Self::RegionCode => "Region Code",
            Self::FromLocation => "From Location",
            Self::FromRegionCode => "From Region Code",
            Self::ToLocation => "To Location",
            Self::ToRegionCode => "To Region Code",
            Self::UsageType => "usageType",
            Self::Operation => "operation",
            Self::DiscountedServiceCode => "DiscountedServiceCode",
            Self::DiscountedUsageType => "DiscountedUsageType",
            Self::DiscountedOperation => "DiscountedOperation",
            Self::DiscountedRegionCode => "DiscountedRegionCode",
        }
    }

    /// The name of the attribute of a product in a JSON file, where it is one.
    pub(super) fn attribute(name: &str) -> Option<Self> {
        Some(match name {
            "servicecode" => Self::ServiceCode,
            "location" => Self::Location,
            "locationType" => Self::LocationType,
            "regionCode" => Self::RegionCode,
            "fromLocation" => Self::FromLocation,
            "fromRegionCode" => Self::FromRegionCode,
            "toLocation" => Self::ToLocation,
            "toRegionCode" => Self::ToRegionCode,
            "usagetype" => Self::UsageType,
            "operation" => Self::Operation,
            _ => return None,
        })
    }
}

/// A row being read.
pub(super) trait Cells {
    /// The text of a column; empty where the row has none.
    fn cell(&self, column: Column) -> &str;

    /// The line it stands in, counted from 1; 0 where the file has no lines that matter (JSON).
    fn line(&self) -> u64;
}

/// A row put together from parts, as JSON has them.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts([String; COLUMNS]);

impl Parts {
    /// Sets a column.
    pub(super) fn set(&mut self, column: Column, text: &str) {
        if let Some(cell) = self.0.get_mut(column as usize) {
            cell.clear();
            cell.push_str(text);
        }
    }

    /// Empties every column.
    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(String::clear);
    }
}

impl Cells for Parts {
    fn cell(&self, column: Column) -> &str {
        self.0.get(column as usize).map_or("", String::as_str)
    }

    fn line(&self) -> u64 {
        0
    }
}
