//! Price lists for tests, and a store that holds the seed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crossover::catalog::Catalog;
use crossover::catalog::price::Price;
use crossover::catalog::seed::Files;
use crossover::domain::meter::MeterKey;
use crossover::import::{ImportError, ImportOptions, ImportReport, Progress, Source, import};
use crossover::storage::Store;
use tempfile::TempDir;

/// The columns of the lists that tests write.
const HEADER: &str = "SKU,OfferTermCode,RateCode,TermType,PriceDescription,EffectiveDate,StartingRange,EndingRange,Unit,\
                      PricePerUnit,Currency,RelatedTo,LeaseContractLength,PurchaseOption,OfferingClass,Product Family,\
                      serviceCode,Location,Location Type,usageType,operation,Region Code,serviceName";

/// A price list of a service, as CSV.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    code: &'static str,
    published: &'static str,
    rows: Vec<Row>,
}

/// A row of it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) sku: String,
    pub(crate) term_code: &'static str,
    pub(crate) term: &'static str,
    pub(crate) effective: String,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) unit: &'static str,
    pub(crate) price: String,
    pub(crate) currency: &'static str,
    pub(crate) related_to: &'static str,
    pub(crate) lease: [&'static str; 3],
    pub(crate) usage_type: String,
    pub(crate) operation: &'static str,
    pub(crate) region: &'static str,
}

impl Row {
    /// One price from 2026-06-01 on, of a thing that is billed by the hour.
    pub(crate) fn new(sku: &str, usage_type: &str, operation: &'static str, region: &'static str, price: &str) -> Self {
        Self {
            sku: sku.to_owned(),
            term_code: "JRTCKXETXF",
            term: "OnDemand",
            effective: "2026-06-01".to_owned(),
            start: "0".to_owned(),
            end: "Inf".to_owned(),
            unit: "Hrs",
            price: price.to_owned(),
            currency: "USD",
            related_to: "",
            lease: ["", "", ""],
            usage_type: usage_type.to_owned(),
            operation,
            region,
        }
    }

    /// The hour of a VPN connection in us-east-1, which costs 0.05 in the seed.
    pub(crate) fn vpn(price: &str) -> Self {
        Self::new("VPNHOUR", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection", "us-east-1", price)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn tier(self, start: &str, end: &str, price: &str) -> Self {
        self.with(|row| {
            (row.start, row.end, row.price) = (start.to_owned(), end.to_owned(), price.to_owned());
        })
    }
}

impl Offer {
    pub(crate) fn new(code: &'static str, published: &'static str, rows: Vec<Row>) -> Self {
        Self { code, published, rows }
    }

    pub(crate) fn csv(&self) -> String {
        let version = self.published.replace('-', "");
        let mut text = format!(
            "\"FormatVersion\",\"v1.0\"\n\"Disclaimer\",\"For tests, with \"\"quotes\"\".\"\n\"Publication Date\",\
             \"{}T10:00:00Z\"\n\"Version\",\"{version}100000\"\n\"OfferCode\",\"{}\"\n{HEADER}\n",
            self.published, self.code
        );
        for row in &self.rows {
            let [lease, option, class] = row.lease;
            writeln!(
                text,
                "\"{}\",\"{}\",\"{}.{}.{}\",\"{}\",\"a, b\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{lease}\",\
                 \"{option}\",\"{class}\",,\"{}\",,\"AWS Region\",\"{}\",\"{}\",\"{}\",",
                row.sku,
                row.term_code,
                row.sku,
                row.term_code,
                row.start,
                row.term,
                row.effective,
                row.start,
                row.end,
                row.unit,
                row.price,
                row.currency,
                row.related_to,
                self.code,
                row.usage_type,
                row.operation,
                row.region
            )
            .expect("a string");
        }
        text
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> String {
        use serde_json::{Map, Value, json};
        let mut products = Map::new();
        let mut terms: Map<String, Value> = Map::new();
        for row in &self.rows {
            products.insert(
                row.sku.clone(),
                json!({"sku": row.sku, "productFamily": "x", "attributes": {
                    "servicecode": self.code, "location": "", "locationType": "AWS Region", "regionCode": row.region,
                    "usagetype": row.usage_type, "operation": row.operation, "other": "4 GiB"}}),
            );
            let kind = terms.entry(row.term).or_insert_with(|| json!({}));
            let name = format!("{}.{}", row.sku, row.term_code);
            let by_sku = kind.as_object_mut().expect("an object").entry(row.sku.clone()).or_insert_with(|| json!({}));
            let [lease, option, class] = row.lease;
            let term = by_sku.as_object_mut().expect("an object").entry(name.clone()).or_insert_with(|| {
                json!({"offerTermCode": row.term_code, "sku": row.sku, "effectiveDate": format!("{}T00:00:00Z", row.effective),
                       "priceDimensions": {}, "termAttributes": {"LeaseContractLength": lease, "PurchaseOption": option,
                       "OfferingClass": class}})
            });
            let rate = format!("{name}.{}", row.start);
            term["priceDimensions"][&rate] = json!({"rateCode": rate, "description": "d", "beginRange": row.start,
                "endRange": row.end, "unit": row.unit, "appliesTo": [], "pricePerUnit": {row.currency: row.price}});
        }
        let version = format!("{}100000", self.published.replace('-', ""));
        json!({"formatVersion": "v1.0", "disclaimer": "…", "offerCode": self.code, "version": version,
               "publicationDate": format!("{}T10:00:00Z", self.published), "products": products, "terms": terms,
               "attributesList": {}})
        .to_string()
    }
}

/// A database that holds the seed, made once and copied for each test.
pub(crate) fn seeded(folder: &Path) -> PathBuf {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = TEMPLATE.get_or_init(|| {
        let make = || {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("seed.db");
            actix_web::rt::System::new().block_on(async {
                let store = Store::open(&path).await.expect("a new file");
                store.seed(&Files::embedded()).await.expect("the seed");
                store.close().await;
            });
            std::fs::read(&path).expect("the file")
        };
        // A runtime of its own, since the test may run in one.
        std::thread::spawn(make).join().expect("the seed")
    });
    let path = folder.join("prices.db");
    std::fs::write(&path, bytes).expect("a copy");
    path
}

/// A store of its own.
pub(crate) struct Stored {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
}

impl Stored {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(seeded(folder.path())).await.expect("the file");
        Self { store, folder }
    }

    pub(crate) async fn import_with(&self, text: &str, options: ImportOptions) -> Result<ImportReport, ImportError> {
        self.import_bytes(text.as_bytes().to_vec(), options).await
    }

    pub(crate) async fn import_bytes(
        &self,
        bytes: Vec<u8>,
        options: ImportOptions,
    ) -> Result<ImportReport, ImportError> {
        let source = Source::reader("list.csv", std::io::Cursor::new(bytes));
        import(&self.store, vec![source], options, Arc::new(Progress::default())).await
    }

    /// Imports and serves, and expects that nothing is wrong.
    pub(crate) async fn import(&self, text: &str) -> ImportReport {
        self.import_with(text, serving()).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// What the import says about a list with mistakes; the store must stay as it was.
    pub(crate) async fn refused(&self, text: &str) -> String {
        let before = self.store.editions().await.expect("editions");
        let error = self.import_with(text, serving()).await.expect_err(text);
        assert_eq!(self.store.editions().await.expect("editions"), before, "{error}");
        error.to_string()
    }

    pub(crate) async fn catalog(&self) -> Catalog {
        self.store.load(None).await.expect("the active edition")
    }
}

/// Says that a test has nothing to work on here.
#[expect(clippy::print_stdout, reason = "whoever runs the tests is to see it")]
pub(crate) fn skipped(why: &str) {
    println!("skipped: {why}");
}

/// Serve the new edition at once.
pub(crate) fn serving() -> ImportOptions {
    ImportOptions { activate: true, ..ImportOptions::default() }
}

pub(crate) fn meter(service_code: &str, region: &str, usage_type: &str, operation: &str) -> MeterKey {
    MeterKey {
        service_code: service_code.into(),
        region: region.into(),
        usage_type: usage_type.into(),
        operation: operation.into(),
    }
}

/// The price versions of a meter, as `from..to=price+start:price`.
pub(crate) fn versions(catalog: &Catalog, meter: &MeterKey) -> Vec<String> {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let spelled = |price: &Price| {
        let tiers: Vec<String> = price
            .tiers
            .iter()
            .map(
                |tier| {
                    if tier.from.is_zero() { tier.price.to_string() } else { format!("{}:{}", tier.from, tier.price) }
                },
            )
            .collect();
        format!("{}..{}={}", day(price.effective_from), day(price.effective_to), tiers.join("+"))
    };
    catalog.prices_of(&meter.service_code).iter().filter(|price| price.meter == *meter).map(spelled).collect()
}
