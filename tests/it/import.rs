//! Price lists become editions: what is read, what is refused and in which words, and what stays as it was.

use std::io::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use crossover::catalog::Catalog;
use crossover::import::{ImportOptions, MAX_JUMP};
use crossover::storage::Origin;
use rust_decimal::Decimal;

use crate::price_lists::{Offer, Row, Stored, meter, serving, skipped, versions};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn vpn(published: &'static str, rows: Vec<Row>) -> String {
    Offer::new("AmazonVPC", published, rows).csv()
}

fn vpn_hour() -> crossover::domain::meter::MeterKey {
    meter("AmazonVPC", "us-east-1", "VPN-Usage-Hours:ipsec.1", "CreateVpnConnection")
}

#[actix_web::test]
async fn a_price_list_becomes_an_edition() {
    let stored = Stored::new().await;
    let list = vpn("2026-06-02", vec![Row::vpn("0.0600000000")]);
    let report = stored.import(&list).await;
    let written = report.written.expect("an edition");
    assert_eq!((written.edition, written.based_on, written.activated), (2, 1, true));
    assert_eq!((report.meters, report.summary.total.changed), (1, 1));
    assert_eq!(report.changes[0].percent().expect("a percentage").to_string(), "20");
    let catalog = stored.catalog().await;
    assert_eq!(versions(&catalog, &vpn_hour()), ["..2026-06-01=0.05", "2026-06-01..=0.06"]);
    let price = catalog.price(&vpn_hour(), day("2026-11-22")).expect("a price");
    let source = catalog.sources.get(&price.source).expect("its source");
    assert_eq!(source.title, "AWS price list AmazonVPC, version 20260602100000");
    assert_eq!(
        source.url(),
        Some("https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonVPC/20260602100000/index.csv")
    );
    assert_eq!(price.seen_on, day("2026-06-02"));
    let files = stored.store.files_of(2).await.expect("its files");
    assert_eq!((files[0].offer_code.as_str(), files[0].rows_read, files[0].rows_kept), ("AmazonVPC", 1, 1));
    assert_eq!(files[0].bytes, u64::try_from(list.len()).expect("small"));

    // The same content again is no new edition, and neither is the same list as JSON.
    assert_eq!(stored.import(&list).await.written, None);
    let json = Offer::new("AmazonVPC", "2026-06-02", vec![Row::vpn("0.06")]).json();
    assert_eq!(stored.import(&json).await.written, None);
    assert_eq!(stored.store.editions().await.expect("editions").len(), 2);
}

/// One edition for any form of the same list.
#[actix_web::test]
async fn csv_json_and_gzip_say_the_same() {
    let rows = || {
        vec![
            Row::vpn("0.06"),
            Row::new("NAT", "EUW2-NatGateway-Hours", "NatGateway", "eu-west-2", "0.051"),
            Row::new("OTHER", "EUW2-Nothing-Of-Ours", "Nothing", "eu-west-2", "1"),
        ]
    };
    let offers = [Offer::new("AmazonVPC", "2026-06-02", rows()), Offer::new("AmazonEC2", "2026-06-02", rows())];
    let mut seen: Vec<Vec<String>> = Vec::new();
    for form in ["csv", "json", "csv.gz", "sep", "bom"] {
        let stored = Stored::new().await;
        for offer in &offers {
            let bytes = match form {
                "json" => offer.json().into_bytes(),
                "csv.gz" => gzip(offer.csv().as_bytes()),
                "sep" => format!("sep=,\n{}", offer.csv()).into_bytes(),
                "bom" => format!("\u{feff}{}", offer.csv()).into_bytes(),
                _ => offer.csv().into_bytes(),
            };
            let report = stored.import_bytes(bytes, serving()).await.unwrap_or_else(|error| panic!("{form}: {error}"));
            let counts = &report.files[0].counts;
            assert_eq!((counts.rows, counts.kept, counts.unmatched), (3, 1, 2), "{form}");
        }
        let catalog = stored.catalog().await;
        let nat = meter("AmazonEC2", "eu-west-2", "NatGateway-Hours", "NatGateway");
        seen.push([versions(&catalog, &vpn_hour()), versions(&catalog, &nat)].concat());
    }
    assert!(seen[0].contains(&"2026-06-01..=0.051".to_owned()), "{:?}", seen[0]);
    assert!(seen.iter().all(|other| *other == seen[0]), "{seen:?}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// What is wrong with a list, in the words that whoever sent it reads. Nothing of it may be kept.
#[actix_web::test]
async fn mistakes_are_named_with_their_rows() {
    let stored = Stored::new().await;
    let other = |sku: &str, price: &str| Row::vpn(price).with(|row| sku.clone_into(&mut row.sku));
    let sound = vpn("2026-06-02", vec![Row::vpn("0.06")]);
    let tiers = |rows: &[(&str, &str, &str)]| {
        vpn("2026-06-02", rows.iter().map(|(start, end, price)| Row::vpn("0").tier(start, end, price)).collect())
    };
    for (list, words) in [
        (
            vpn("2026-06-02", vec![other("ONE", "0.06"), other("TWO", "0.07")]),
            "list.csv:8: column PricePerUnit: found `0.07` of TWO for AmazonVPC / us-east-1 / VPN-Usage-Hours:ipsec.1 / \
             CreateVpnConnection; expected one price for one meter; ONE has `0.06` for it in line 7",
        ),
        (tiers(&[("0", "10", "0.06"), ("20", "Inf", "0.05")]), ":8: column StartingRange: found `20` for AmazonVPC"),
        (tiers(&[("0", "10", "0.06"), ("20", "Inf", "0.05")]), "expected `10`, where the tier before ends: a gap"),
        (tiers(&[("0", "10", "0.06"), ("5", "Inf", "0.05")]), "expected `10`, where the tier before ends: an overlap"),
        (
            tiers(&[("0", "Inf", "0.06"), ("5", "Inf", "0.05")]),
            "no further tier after one that ends at `Inf`: an overlap",
        ),
        (tiers(&[("1", "Inf", "0.06")]), "found `1` for AmazonVPC"),
        (tiers(&[("0", "10", "0.06")]), "expected `Inf` for the last tier of a ladder; is a row missing?"),
        (
            sound.replace("v1.0", "v2.0"),
            "list.csv:1: found `v2.0`; expected `v1.0`, the one format version that is known",
        ),
        (sound.replace("\"FormatVersion\",\"v1.0\"\n", ""), "found no line `FormatVersion` before the header"),
        (sound[..sound.len() - 40].to_owned(), "is the file cut off?"),
        (
            sound[..sound.len() - 1].to_owned(),
            "found the end of the file inside a line; expected a line end at the end",
        ),
        (sound[..sound.find("\"VPNHOUR").expect("a row")].to_owned(), "found no row after the header"),
        (sound[..sound.find("SKU").expect("a header")].to_owned(), "found the end of the file before the header"),
        (sound.replace("StartingRange", "Start"), "found a header without them; expected the columns `StartingRange`"),
        (String::new(), "list.csv: found an empty file; expected a price list"),
        ("<html>no</html>\n".to_owned(), "list.csv:1: found `<html>no</html>`; expected a price list of AWS"),
        (
            "{\"formatVersion\":\"v1.0\",\"offers\":{}}".to_owned(),
            "found the index of services; expected a price list; `crossover",
        ),
        ("{\"PriceList\":[]}".to_owned(), "found an answer of the query API `GetProducts`"),
        ("{\"formatVersion\":\"v9\"}".to_owned(), "found `formatVersion` `v9`; expected `v1.0`"),
        ("{\"formatVersion\":\"v1.0\",\"products\":{".to_owned(), "expected a whole JSON file; is it cut off?"),
        ("{\"formatVersion\":\"v1.0\",\"terms\":{}}".to_owned(), "found `terms` before `products`"),
        (
            vpn("2026-06-02", vec![Row::vpn("0.06").with(|row| row.unit = "GB")]),
            "list.csv:7: column Unit: found `GB`; expected the unit of AmazonVPC / us-east-1 / VPN-Usage-Hours:ipsec.1",
        ),
        (
            vpn("2026-06-02", vec![Row::vpn("0.06").with(|row| row.currency = "CNY")]),
            "column Currency: found `CNY`; expected `USD`",
        ),
        (vpn("2026-06-02", vec![Row::vpn("a lot")]), "column PricePerUnit: found `a lot`; expected a decimal"),
        (vpn("2026-06-02", vec![Row::vpn("-0.05")]), "column PricePerUnit: found `-0.05`; expected a decimal"),
        (vpn("2026-06-02", vec![Row::vpn("0.0000000000001")]), "expected a decimal of up to 12 decimals"),
        (
            vpn("2026-06-02", vec![Row::vpn("0.06").with(|row| row.effective = "01/06/2026".to_owned())]),
            "column EffectiveDate: found `01/06/2026`; expected a date as `2026-09-01`, with or without a time",
        ),
        (
            vpn("2026-06-02", vec![Row::vpn("0.51")]),
            "found `0.51` for AmazonVPC / us-east-1 / VPN-Usage-Hours:ipsec.1 / CreateVpnConnection, which costs 0.05 on \
             2026-06-01; expected a price at most 10 times as high or low; `--max-jump` sets how many",
        ),
        (vpn("2026-06-02", vec![Row::vpn("0.004")]), "which costs 0.05 on 2026-06-01"),
        (vpn("2026-06-02", vec![Row::vpn("0")]), "which costs 0.05 on 2026-06-01"),
        (
            vpn("2026-06-02", vec![Row::vpn("0.06").with(|row| row.region = "us-esat-1")]),
            "column Region Code: found `us-esat-1`; expected a Region of regions.csv; did you mean `us-east-1`?",
        ),
        (
            sound.replace("2026-06-02T10:00:00Z", "").replace("20260602100000", ""),
            "expected a date as `2026-08-31T09:22:55Z`",
        ),
    ] {
        let message = stored.refused(&list).await;
        assert!(message.contains(words), "expected: {words}\nfound: {message}");
        assert!(message.starts_with("the price lists have mistakes; nothing was imported:"), "{message}");
    }
    let cut = gzip(sound.as_bytes());
    let error = stored.import_bytes(cut[..cut.len() - 12].to_vec(), serving()).await.expect_err("cut off");
    assert!(error.to_string().contains("the end of the file inside what is compressed"), "{error}");
    // All mistakes at once.
    let message =
        stored.refused(&vpn("2026-06-02", vec![Row::vpn("x").with(|row| row.currency = "EUR"), Row::vpn("y")])).await;
    assert_eq!(message.lines().count(), 4, "{message}");
}

#[actix_web::test]
async fn a_jump_and_an_unknown_region_can_be_let_through() {
    let stored = Stored::new().await;
    let jump = vpn("2026-06-02", vec![Row::vpn("0.5000001")]);
    let options = |max_jump: Option<u32>| ImportOptions { max_jump: max_jump.map(Decimal::from), ..serving() };
    assert_eq!(ImportOptions::default().max_jump, Some(Decimal::from(MAX_JUMP)));
    assert!(stored.import_with(&jump, options(Some(10))).await.is_err());
    assert!(stored.import_with(&jump, options(Some(11))).await.is_ok());
    let far = vpn("2026-06-03", vec![Row::vpn("5000").with(|row| row.effective = "2026-06-02".to_owned())]);
    assert!(stored.import_with(&far, options(None)).await.is_ok());

    let unknown = vpn("2026-06-02", vec![Row::vpn("1").with(|row| row.region = "xx-west-1")]);
    let skipping = ImportOptions { skip_unknown_regions: true, ..serving() };
    let report = stored.import_with(&unknown, skipping).await.expect("left out");
    assert_eq!(report.files[0].counts.unknown_regions.get("xx-west-1"), Some(&1));
    // Local Zones and other partitions are no Regions of ours, and no mistakes.
    let outside = ["us-west-2-lax-1", "us-gov-west-1", "cn-north-1"];
    let rows = outside.map(|region| Row::vpn("1").with(|row| row.region = region)).to_vec();
    let report = stored.import(&vpn("2026-06-02", rows)).await;
    assert_eq!(report.files[0].counts.outside, 3);
}

/// Free quantities are never a tier.
#[actix_web::test]
async fn a_free_first_tier_is_an_allowance() {
    let stored = Stored::new().await;
    let sns = |rows| Offer::new("AmazonSNS", "2026-06-02", rows).csv();
    let row = || Row::new("SNS", "DeliveryAttempts-HTTP", "", "us-east-1", "0").with(|row| row.unit = "Notifications");
    let free = row().tier("0", "100000", "0.0000000000");
    let paid = row().tier("100000", "1100000", "0.0000006000");
    let rest = row().tier("1100000", "Inf", "0.0000005000");
    let report = stored.import(&sns(vec![paid.clone(), free, rest])).await;
    assert_eq!(report.warnings, Vec::<String>::new(), "free_tiers.csv has the same 100,000");
    let delivery = meter("AmazonSNS", "us-east-1", "DeliveryAttempts-HTTP", "");
    let found = versions(&stored.catalog().await, &delivery);
    assert_eq!(found.last().map(String::as_str), Some("2026-06-01..=0.0000006+1000000:0.0000005"), "{found:?}");

    // Another quantity than the table's is said.
    let report = stored.import(&sns(vec![row().tier("0", "500", "0"), paid.tier("500", "Inf", "0.0000006")])).await;
    assert!(report.warnings[0].contains("500 Messages of AmazonSNS"), "{:?}", report.warnings);
    assert!(report.warnings[0].contains("free_tiers.csv has 100000"), "{:?}", report.warnings);
    // A price of 0 that never ends is a price.
    let nothing = Row::new("IN", "DataTransfer-In-Bytes", "", "eu-west-2", "0").with(|row| row.unit = "GB");
    let report = stored.import(&Offer::new("AWSDataTransfer", "2026-06-02", vec![nothing]).csv()).await;
    assert_eq!(report.files[0].counts.kept, 1);
}

#[actix_web::test]
async fn reserved_and_plan_rates_have_meters_of_their_own() {
    let stored = Stored::new().await;
    let reserved = |unit: &'static str, price: &str, option: &'static str| {
        Row::new("BOX", "BoxUsage:m5.large", "RunInstances", "us-east-1", price).with(|row| {
            (row.term, row.unit, row.lease) = ("Reserved", unit, ["1yr", option, "standard"]);
            if unit == "Quantity" {
                (row.start, row.end) = (String::new(), String::new());
            }
        })
    };
    let offer = Offer::new(
        "AmazonEC2",
        "2026-06-02",
        vec![
            reserved("Hrs", "0.03", "Partial Upfront"),
            reserved("Quantity", "257", "Partial Upfront"),
            reserved("Hrs", "0", "All Upfront"),
            reserved("Quantity", "504", "All Upfront"),
        ],
    );
    let report = stored.import(&offer.csv()).await;
    assert_eq!(report.summary.total.added, 3);
    let catalog = stored.catalog().await;
    for (usage_type, price) in [
        ("reserved:BoxUsage:m5.large:standard-1yr-partial-upfront", "0.03"),
        ("reserved-upfront:BoxUsage:m5.large:standard-1yr-partial-upfront", "257"),
        ("reserved-upfront:BoxUsage:m5.large:standard-1yr-all-upfront", "504"),
    ] {
        let found = versions(&catalog, &meter("AmazonEC2", "us-east-1", usage_type, "RunInstances"));
        assert_eq!(found, [format!("2026-06-01..={price}")], "{usage_type}");
    }

    let plan = "FormatVersion,v1.0\nPublication Date,2026-06-02T00:00:00Z\nVersion,20260602000000\nOfferCode,\
                AWSComputeSavingsPlan\nSKU,RateCode,Unit,EffectiveDate,DiscountedRate,Currency,DiscountedSKU,\
                DiscountedServiceCode,DiscountedUsageType,DiscountedOperation,PurchaseOption,LeaseContractLength,\
                LeaseContractLengthUnit,Product Family,DiscountedRegionCode\n\
                P,P.1,Hrs,2026-06-01T00:00:00Z,0.0700,USD,B,AmazonEC2,USW2-BoxUsage:m5.large,RunInstances,No Upfront,3,\
                year,ComputeSavingsPlans,us-west-2\n\
                P,P.2,Hrs,2026-06-01T00:00:00Z,9,USD,B,AmazonEC2,USW2-UnusedBox:m5.large,RunInstances,No Upfront,3,year,\
                ComputeSavingsPlans,us-west-2\n\
                P,P.3,hours,2026-06-01T00:00:00Z,0.02,USD,B,AmazonECS,USW2-Fargate-vCPU-Hours:perCPU,,No Upfront,3,year,\
                ComputeSavingsPlans,us-west-2\n";
    let report = stored.import(plan).await;
    assert_eq!((report.files[0].counts.kept, report.files[0].counts.unmatched), (2, 1));
    let catalog = stored.catalog().await;
    let rate =
        |usage_type, operation| versions(&catalog, &meter("ComputeSavingsPlans", "us-west-2", usage_type, operation));
    assert_eq!(rate("BoxUsage:m5.large", "3yr-no-upfront:RunInstances"), ["2026-06-01..=0.07"]);
    assert_eq!(rate("Fargate-vCPU-Hours:perCPU", "3yr-no-upfront"), ["2026-06-01..=0.02"]);
}

/// A name on the bill that our tables spell otherwise, and a name in another Region's spelling.
#[actix_web::test]
async fn names_are_matched_and_never_guessed() {
    let stored = Stored::new().await;
    let sqs = |usage_type: &str, region| {
        let row = Row::new("SQS", usage_type, "", region, "0.0000005").with(|row| row.unit = "Requests");
        Offer::new("AWSQueueService", "2026-06-02", vec![row]).csv()
    };
    // us-east-1 bills these requests under another name.
    let report = stored.import(&sqs("Requests-RBP", "us-east-1")).await;
    assert_eq!(report.files[0].counts.kept, 1);
    let requests = meter("AWSQueueService", "us-east-1", "Requests-Tier1", "");
    assert_eq!(versions(&stored.catalog().await, &requests).last().map(String::as_str), Some("2026-06-01..=0.0000005"));
    // That name is us-east-1's alone, and a prefix of another Region is no prefix.
    for (usage_type, region) in [("Requests-RBP", "eu-west-2"), ("EUW1-Requests-Tier1", "eu-west-2")] {
        assert_eq!(stored.import(&sqs(usage_type, region)).await.files[0].counts.kept, 0, "{usage_type}");
    }
    // A type of machine that is new everywhere is known by its pattern.
    let machine = Row::new("NEW", "EUW2-BoxUsage:z99.large", "RunInstances", "eu-west-2", "1.5");
    let report = stored.import(&Offer::new("AmazonEC2", "2026-06-02", vec![machine]).csv()).await;
    assert_eq!(report.summary.total.added, 1);
    // Windows on it is another operation, which nothing here meters.
    let windows = Row::new("WIN", "EUW2-BoxUsage:z99.large", "RunInstances:0002", "eu-west-2", "2.5");
    let report = stored.import(&Offer::new("AmazonEC2", "2026-06-02", vec![windows]).csv()).await;
    assert_eq!((report.files[0].counts.kept, report.files[0].counts.unmatched), (0, 1));
}

/// Both times: what was known, and when AWS charged it.
#[actix_web::test]
async fn a_price_published_after_its_period_is_replayed_by_both_times() {
    let stored = Stored::new().await;
    let list = |published, from: &str, price: &str| {
        let from = from.to_owned();
        vpn(published, vec![Row::vpn(price).with(move |row| row.effective = from)])
    };
    stored.import(&list("2026-06-02", "2026-06-01", "0.06")).await;
    stored.import(&list("2026-07-02", "2026-07-01", "0.07")).await;
    let known = async |edition| versions(&stored.store.load(Some(edition)).await.expect("an edition"), &vpn_hour());
    let third = ["..2026-06-01=0.05", "2026-06-01..2026-07-01=0.06", "2026-07-01..=0.07"];
    assert_eq!(known(3).await, third);
    // July's list changes June alone, where it says that it ended.
    let june = ImportOptions { valid_to: Some(day("2026-07-01")), ..serving() };
    stored.import_with(&list("2026-07-15", "2026-06-01", "0.055"), june).await.expect("an edition");
    assert_eq!(known(4).await, ["..2026-06-01=0.05", "2026-06-01..2026-07-01=0.055", "2026-07-01..=0.07"]);
    assert_eq!(known(3).await, third, "what was known stays known");
    // A stretch of the past where nothing but the present price is held: that one goes on after it.
    let may = ImportOptions { valid_to: Some(day("2026-02-01")), ..serving() };
    stored.import_with(&list("2026-02-06", "2026-01-01", "0.045"), may).await.expect("an edition");
    assert_eq!(
        known(5).await,
        [
            "..2026-01-01=0.05",
            "2026-01-01..2026-02-01=0.045",
            "2026-02-01..2026-06-01=0.05",
            "2026-06-01..2026-07-01=0.055",
            "2026-07-01..=0.07"
        ]
    );
    // An older list that comes late leaves what was published after it.
    let report = stored.import(&list("2026-06-02", "2026-06-01", "0.06")).await;
    assert_eq!(report.written, None, "{:?}", report.changes);
    // A price that goes on is not written again.
    assert_eq!(stored.import(&list("2026-08-02", "2026-08-01", "0.07")).await.written, None);

    let history = stored.store.history(vpn_hour()).await.expect("the history");
    assert!(
        history
            .iter()
            .any(|known| known.row.price == Some("0.06".parse().expect("a decimal")) && known.edition_to == Some(4))
    );
}

#[actix_web::test]
async fn an_import_is_based_on_the_edition_that_is_served() {
    let stored = Stored::new().await;
    stored.import(&vpn("2026-06-02", vec![Row::vpn("0.06")])).await;
    let nat = Row::new("NAT", "NatGateway-Hours", "NatGateway", "us-east-1", "0.046");
    stored.store.activate(1).await.expect("the first edition");
    let report = stored.import(&Offer::new("AmazonEC2", "2026-06-02", vec![nat]).csv()).await;
    let written = report.written.expect("an edition");
    assert_eq!((written.edition, written.based_on), (4, 3), "edition 3 is edition 1 again");
    let editions = stored.store.editions().await.expect("editions");
    let third = editions.iter().find(|info| info.number == 3).expect("edition 3");
    let first = editions.iter().find(|info| info.number == 1).expect("edition 1");
    assert_eq!((third.origin, &third.brought, third.rows_total), (Origin::Rollback, &first.hash, first.rows_total));
    let catalog = stored.catalog().await;
    assert_eq!(versions(&catalog, &vpn_hour()), ["..=0.05"], "the price of edition 2 is gone");
    let nat = meter("AmazonEC2", "us-east-1", "NatGateway-Hours", "NatGateway");
    assert_eq!(versions(&catalog, &nat).last().map(String::as_str), Some("2026-06-01..=0.046"));
}

#[actix_web::test]
async fn a_dry_run_changes_nothing() {
    let stored = Stored::new().await;
    let dry = ImportOptions { dry_run: true, ..serving() };
    let report = stored.import_with(&vpn("2026-06-02", vec![Row::vpn("0.06")]), dry).await.expect("a report");
    assert_eq!((report.written, report.summary.total.changed), (None, 1));
    assert_eq!(stored.store.editions().await.expect("editions").len(), 1);
    let waiting = ImportOptions { activate: false, ..serving() };
    let report = stored.import_with(&vpn("2026-06-02", vec![Row::vpn("0.06")]), waiting).await.expect("a report");
    assert_eq!(report.written.map(|written| (written.edition, written.activated)), Some((2, false)));
    assert_eq!(stored.store.active().await.expect("the store"), Some(1));
}

#[actix_web::test]
async fn other_rows_are_kept_for_reference_only_when_asked_for() {
    let stored = Stored::new().await;
    let rows = vec![Row::vpn("0.05"), Row::new("X", "USE1-Something:else", "Op", "us-east-1", "3.5")];
    let list = vpn("2026-06-02", rows);
    let names = || ("AmazonVPC".to_owned(), String::new(), String::new());
    let kept = async |edition| stored.store.reference_prices(names(), edition, 10).await.expect("rows");
    stored.import(&list).await;
    assert!(kept(9).await.is_empty());
    let all = ImportOptions { keep_all: true, ..serving() };
    let report = stored.import_with(&list, all.clone()).await.expect("an edition");
    let edition = report.written.expect("an edition").edition;
    let rows = kept(edition).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].texts[2], "USE1-Something:else");
    assert_eq!(rows[0].texts[12], "3.5");
    assert_eq!(stored.import_with(&list, all).await.expect("a report").written, None, "once is enough");
}

/// Operations that a meter does not tell apart must have one price; where they have not, the meter stays as it is.
#[actix_web::test]
async fn operations_that_differ_are_no_choice() {
    let stored = Stored::new().await;
    let volume = |operation, price: &str| {
        Row::new(operation, "EBS:VolumeUsage.gp3", operation, "us-east-1", price).with(|row| row.unit = "GB-Mo")
    };
    let list = |rows| Offer::new("AmazonEC2", "2026-06-02", rows).csv();
    let gp3 = meter("AmazonEC2", "us-east-1", "EBS:VolumeUsage.gp3", "");
    let before = versions(&stored.catalog().await, &gp3);
    let report = stored.import(&list(vec![volume("One", "0.09"), volume("Two", "0.1")])).await;
    assert!(
        report.warnings[0]
            .contains("the operations of AmazonEC2 / us-east-1 / EBS:VolumeUsage.gp3 have different prices")
    );
    assert_eq!(versions(&stored.catalog().await, &gp3), before);
    // The meter's own operation counts before others.
    stored.import(&list(vec![volume("One", "0.09"), volume("", "0.081"), volume("Two", "0.1")])).await;
    assert_eq!(versions(&stored.catalog().await, &gp3).last().map(String::as_str), Some("2026-06-01..=0.081"));
}

/// Where real price lists are, if they are there: beside the project, or where the variable says.
pub(crate) fn samples() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/price-list-samples");
    let folder = std::env::var_os("CROSSOVER_PRICE_LIST_SAMPLES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        skipped("no real price lists; CROSSOVER_PRICE_LIST_SAMPLES names their folder");
    }
    found
}

/// Every real list is read as an independent reader reads it: each row of London that is priced has the row's price in
/// the edition, at the row's quantity.
#[actix_web::test]
async fn real_price_lists_are_read_as_they_stand() {
    let Some(folder) = samples() else { return };
    for (name, priced) in [
        ("AWSDataTransfer", 8),
        ("AWSELB", 10),
        ("AWSLambda", 13),
        ("AWSQueueService", 7),
        ("AmazonECS", 10),
        ("AmazonS3", 10),
        ("AmazonRDS", 3),
    ] {
        let stored = Stored::new().await;
        let file = if name == "AmazonRDS" {
            "AmazonRDS-eu-west-2.trimmed.csv".to_owned()
        } else {
            format!("{name}-eu-west-2.csv")
        };
        let text = std::fs::read_to_string(folder.join("togen").join(file)).expect("the list");
        let report = stored.import(&text).await;
        assert_eq!(report.files[0].counts.kept, priced, "{name}");
        let catalog = stored.catalog().await;
        let body = text.splitn(6, '\n').nth(5).expect("a header");
        let mut reader = csv::Reader::from_reader(body.as_bytes());
        let headers = reader.headers().expect("a header").clone();
        let at = |name: &str| headers.iter().position(|header| header == name);
        let mut checked = 0;
        for record in reader.records() {
            let record = record.expect("a row");
            let cell = |name: &str| at(name).and_then(|at| record.get(at)).unwrap_or_default();
            let usage_type = cell("usageType").strip_prefix("EUW2-").unwrap_or_default();
            let price: Decimal = cell("PricePerUnit").parse().expect("a price");
            // The free first tier of ECS Anywhere, and the tier after it, which begins where it ends.
            let shift = if usage_type.starts_with("ECS-Anywhere") { Decimal::from(2200) } else { Decimal::ZERO };
            if cell("TermType") != "OnDemand" || usage_type.is_empty() || (shift > Decimal::ZERO && price.is_zero()) {
                continue;
            }
            let key = meter(name, "eu-west-2", usage_type, cell("operation"));
            let Some(found) = catalog.price(&key, day(cell("EffectiveDate"))) else { continue };
            assert_eq!(Catalog::layer_name(&found.layer), "import", "{key}");
            let start = cell("StartingRange").parse::<Decimal>().expect("a range") - shift;
            let tier =
                found.tiers.iter().find(|tier| tier.from == start).unwrap_or_else(|| panic!("{key} from {start}"));
            assert_eq!(tier.price, price, "{key} from {start}");
            let next = found.tiers.iter().find(|tier| tier.from > start).map(|tier| (tier.from + shift).to_string());
            assert_eq!(next.unwrap_or_else(|| "Inf".to_owned()), cell("EndingRange"), "{key} from {start}");
            checked += 1;
        }
        let reserved = if name == "AmazonRDS" { 2 } else { 0 };
        let free_tier = usize::from(name == "AmazonECS");
        assert_eq!(checked + reserved + free_tier, usize::try_from(priced).expect("few"), "{name}");
    }
}

/// Every other real list is imported, or refused in the right words.
#[actix_web::test]
async fn every_other_real_file_is_imported_or_refused_in_the_right_words() {
    let Some(folder) = samples() else { return };
    let stored = Stored::new().await;
    let edited = "ligoj-edited/offers/v1.0/aws";
    let plans = "ligoj-edited/savingsPlan/v1.0/aws";
    for (file, outcome) in [
        ("loader/service-comprehend-ap-south-1-20260116160258.csv".to_owned(), Ok((40, 0))),
        ("loader/AWSDatabaseSavingsPlans-ap-south-2-index.csv".to_owned(), Ok((455, 18))),
        ("loader/service-comprehend-region_index.json".to_owned(), Err("found an index of Regions")),
        ("loader/AWSDatabaseSavingsPlans-region_index.json".to_owned(), Err("found an index of Regions")),
        ("loader/aws-service-list-index.json".to_owned(), Err("found the index of services")),
        (format!("{edited}/index.json"), Err("found the index of services")),
        (format!("{edited}/AmazonECS/current/region_index.json"), Err("found an index of Regions")),
        (format!("{edited}/AWSLambda/current/region_index.json"), Err("found an index of Regions")),
        (format!("{edited}/AmazonEC2/current/region_index.json"), Err("found an index of Regions")),
        (format!("{plans}/AWSComputeSavingsPlan/current/region_index.json"), Err("found an index of Regions")),
        (format!("{plans}/AWSDatabaseSavingsPlans/current/region_index.json"), Err("found an index of Regions")),
        (format!("{plans}/AWSComputeSavingsPlan/current/eu-west-1/index.json"), Ok((15, 9))),
        (format!("{plans}/AWSDatabaseSavingsPlans/current/eu-west-1/index.json"), Ok((3, 0))),
        (format!("{edited}/AWSLambda/current/eu-west-1/index.csv"), Ok((8, 0))),
        (
            format!("{edited}/AmazonECS/current/eu-west-1/index.csv"),
            Err("column EffectiveDate: found `01/01/2022`; expected a date"),
        ),
        (
            format!("{edited}/AmazonS3/current/index.csv"),
            Err("column EffectiveDate: found `01/03/2018`; expected a date"),
        ),
        (
            format!("{edited}/AmazonEC2/current/eu-west-1/index.csv"),
            Err(":1: found `some `; expected a price list of AWS"),
        ),
        (
            format!("{edited}/AmazonEFS/current/index.csv"),
            Err("found 18 fields; expected 21, as in the header; is the file cut off?"),
        ),
    ] {
        let bytes = std::fs::read(folder.join(&file)).expect(&file);
        let dry = ImportOptions { dry_run: true, ..serving() };
        match (stored.import_bytes(bytes, dry).await, outcome) {
            (Ok(report), Ok(expected)) => {
                let counts = &report.files[0].counts;
                assert_eq!((counts.rows, counts.kept), expected, "{file}");
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{file}: {error}"),
            (found, expected) => panic!("{file}: {found:?}, expected {expected:?}"),
        }
    }
}
