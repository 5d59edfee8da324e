//! Every mistake that the data files can hold is refused, with words that lead to it.
//!
//! Each case takes the sound files below, spoils one thing, and names the words its message must have: the file and
//! line, the column, what was found, what is allowed.

use crossover::app::architecture;
use crossover::catalog::load::read;
use crossover::catalog::seed::Files;
use crossover::catalog::{Catalog, Edition};

const REGIONS: &str = "\
region,location_name,usage_prefix,geography
eu-west-1,EU (Ireland),EU,europe
us-east-1,US East (N. Virginia),USE1,north-america
";
const SOURCES: &str = "\
key,title,url_or_repo_path,retrieved_or_published,trust
page,An AWS page,https://aws.amazon.com/vpc/pricing/,2026-11-22,3
";
pub(crate) const VPC: &str = "\
region,usage_type,operation,unit,tier_start,price_usd,effective_from,seen_on,source,confidence,note
eu-west-1,Hours,Run,Hrs,0,0.05,,2026-11-01,page,high,
eu-west-1,Bytes,Send,GB,0,0.09,,2026-11-01,page,high,
eu-west-1,Bytes,Send,GB,10240,0.085,,2026-11-01,page,high,
us-east-1,Hours,Run,Hrs,0,0.04,,2026-11-01,page,high,
us-east-1,Hours,Run,Hrs,0,0.05,2026-10-01,2026-11-01,page,high,
global,Zones,,Mo,0,0.5,,2026-11-01,page,medium,
";
const FREE_TIERS: &str = "\
service_code,usage_types,allowance,unit,period,scope,kind,valid_from,valid_to,source,note
AmazonVPC,Bytes|*-Bytes,100,GB,month,account,always,,,page,
";
const METERING: &str = "\
service_code,usage_type,increment,source,note
AmazonVPC,Hours,1 h,page,
";
const ALIASES: &str = "\
service_code,region,usage_type,billed_as
AmazonVPC,*,Hours,VPN-Hours
";
const DERIVED: &str = "\
service_code,usage_type,operation,kind,of_service_code,of_usage_type,of_operation,of_round_dp,factor,divisor,round_dp,\
regions,except_regions,except_types,purpose,check_tolerance,evidence,confidence,note
AmazonVPC,Zones,,constant,,,,,0.5,1,,,,,price,0,one price,low,
AmazonVPC,Big<type>,Run,ratio,,<type>,Run,,2,1,4,eu-west-1,,x*,price,0.01,two sizes,low,
";
const INSTANCE_TYPES: &str = "\
instance_type,vcpu,memory_mib,architecture,gpu_count,max_enis,ipv4_per_eni,max_pods,network_gbps
m5.large,2,8192,x86_64,0,3,10,29,0.75
";
const FARGATE_SIZES: &str = "\
vcpu,min_mem_gb,max_mem_gb,step_gb,os,note
0.25,0.5,2,list:0.5|1|2,linux,
1,2,8,1,linux+windows,
";
pub(crate) const FACTS: &str = r#"
topic: tunnels
facts:
  - id: tunnel_gbps
    value: "1.25"
    unit: "Gbps"
    what: "Bandwidth of a tunnel"
    hardness: physical
    source: "https://docs.aws.amazon.com/vpn/"
    source_date: "2026c"
    verified_on: "2026-11-22"
  - id: landings
    value: ["tgw", "vgw"]
    unit: "landing"
    what: "Where a tunnel ends"
    hardness: guidance
    source: "https://docs.aws.amazon.com/vpn/"
    source_date: "2026-08..2026-09"
    verified_on: "2026-11-22"
scores:
  - option: vpn
    speed: "5"
    safety: "0"
    basis: "G"
  - option: vpn
    variant: large
    speed: "10"
    safety: "7.5"
    basis: "J"
    note: "newer"
weights:
  speed: "0.4"
  safety: "0.6"
"#;

const ARCHITECTURE: &str = r#"
id: office
name: An office on a hub
about: A site and its way out.
parameters:
  - { name: sites, what: Sites., unit: sites, default: 2, min: 1, max: 100, whole: true }
  - { name: gb_month, what: Data out., unit: GB, default: 10.5, min: 0, max: 1000 }
  - name: link
    what: The link.
    default: vpn
    choices:
      - { word: vpn, what: A VPN., numbers: { tunnels: 2 } }
      - { word: dx, what: A circuit., numbers: { tunnels: 0 } }
computed:
  - { name: addresses, what: Addresses., unit: addresses, value: "= sites * link.tunnels" }
assumptions:
  - Nothing else happens.
resources:
  - name: way_out
    service: nat_gateway
    when: { link: [vpn] }
    usage:
      gateways: "= ceil(sites / 10)"
      data_out_gb: "= gb_month"
      public_ipv4_addresses: "= addresses"
decisions:
  - decision: nat_topology
    question: One way out or many?
    inputs:
      vpcs: "= sites"
sources:
  - https://docs.aws.amazon.com/vpc/
"#;

pub(crate) fn sound() -> Files {
    [
        ("regions.csv", REGIONS),
        ("sources.csv", SOURCES),
        ("prices/AmazonVPC.csv", VPC),
        ("free_tiers.csv", FREE_TIERS),
        ("metering.csv", METERING),
        ("usage_type_aliases.csv", ALIASES),
        ("derived.csv", DERIVED),
        ("ec2_instance_types.csv", INSTANCE_TYPES),
        ("fargate_sizes.csv", FARGATE_SIZES),
        ("facts/tunnels.yaml", FACTS),
        ("architectures/office.yaml", ARCHITECTURE),
    ]
    .into_iter()
    .collect()
}

/// What the loader says when `sound` stands as `spoilt` in a file.
fn message(file: &str, sound_text: &str, spoilt: &str) -> String {
    let mut files = sound();
    let text = files.get(file).expect(file).to_owned();
    assert!(text.contains(sound_text), "`{sound_text}` is not in {file}");
    files.insert(file.to_owned(), text.replacen(sound_text, spoilt, 1));
    read(&files).expect_err(spoilt).to_string()
}

/// Each case: what stands in the sound file, what stands there instead, the words of the message.
fn refused(file: &str, cases: &[(&str, &str, &[&str])]) {
    for (sound_text, spoilt, words) in cases {
        let message = message(file, sound_text, spoilt);
        for word in *words {
            assert!(message.contains(word), "`{spoilt}` in {file}: `{word}` is not in\n{message}");
        }
        assert!(message.contains(file), "`{spoilt}` in {file}: the file is not named in\n{message}");
    }
}

#[test]
fn the_sound_files_are_sound() {
    let parts = read(&sound()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(parts.prices.len(), 5);
    assert_eq!(parts.derived.len(), 2);
    assert_eq!(parts.facts.iter().count(), 2);
    assert_eq!(parts.architectures.iter().count(), 1);
    let catalog = Catalog::new(Edition { number: 1, hash: String::new() }, parts);
    architecture::check::check(&catalog).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn a_header_has_exactly_the_known_columns() {
    refused(
        "prices/AmazonVPC.csv",
        &[
            ("price_usd", "pice_usd", &[":1: column pice_usd: found `pice_usd`", "did you mean `price_usd`?"]),
            (",note\n", ",note,colour\n", &[":1: column colour: found `colour`", "only the columns `region`"]),
            (",confidence,note\n", ",note\n", &[":1: column confidence: found no column of this name"]),
            (",confidence,note\n", ",note,note\n", &[":1: column note: found a second column", "each column once"]),
            ("region,", "\u{feff}region,", &[":1: found a byte order mark", "UTF-8"]),
            (VPC, "", &["found no such file, or an empty one", "the header region,usage_type"]),
        ],
    );
}

#[test]
fn columns_may_stand_in_any_order() {
    let mut files = sound();
    files.insert("usage_type_aliases.csv", "billed_as,service_code,usage_type,region\nVPN-Hours,AmazonVPC,Hours,*\n");
    let parts = read(&files).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(parts.aliases, read(&sound()).expect("sound").aliases);
}

#[test]
fn a_row_is_whole() {
    refused(
        "prices/AmazonVPC.csv",
        &[
            ("0.05,,2026-11-01,page,high,\n", "0.05,,2026-11-01,page,high\n", &[":2: found 10 fields; expected 11"]),
            ("page,high,\n", "page,high,\"open\n", &[":2: column note", "line break", "closing `\"`"]),
            ("eu-west-1,Hours,", "eu-west-1, Hours,", &[":2: column usage_type: found ` Hours`", "no space"]),
            ("eu-west-1,Hours,", "eu-west-1,Ho\u{fffd}rs,", &[":2: column usage_type", "UTF-8"]),
        ],
    );
}

#[test]
fn a_price_row_has_sound_values() {
    refused(
        "prices/AmazonVPC.csv",
        &[
            (
                "eu-west-1,Hours",
                "eu-west-11,Hours",
                &[
                    ":2: column region: found `eu-west-11`; expected a Region of regions.csv or `global`",
                    "did you mean `eu-west-1`?",
                ],
            ),
            ("eu-west-1,Hours", "eu-west-1,", &[":2: column usage_type: found nothing; expected a text"]),
            ("Run,Hrs,0,0.05", "Run,Hours,0,0.05", &[":2: column unit: found `Hours`", "a unit"]),
            (
                "Hrs,0,0.05",
                "Hrs,0,\"0,05\"",
                &[":2: column price_usd: found `0,05`; expected a decimal of up to 12 decimals, at least 0, or empty"],
            ),
            ("Hrs,0,0.05", "Hrs,0,-0.05", &[":2: column price_usd: found `-0.05`", "at least 0"]),
            ("Hrs,0,0.05", "Hrs,0,0.0000000000001", &[":2: column price_usd: found `0.0000000000001`", "12 decimals"]),
            ("Hrs,0,0.05", "Hrs,0,1e-3", &[":2: column price_usd: found `1e-3`"]),
            ("Hrs,0,0.05", "Hrs,zero,0.05", &[":2: column tier_start: found `zero`", "a decimal"]),
            (
                "2026-11-01,page",
                "2026-11-31,page",
                &[":2: column seen_on: found `2026-11-31`", "a date as `2026-11-22`"],
            ),
            ("2026-11-01,page", "01/11/2026,page", &[":2: column seen_on: found `01/11/2026`"]),
            ("2026-11-01,page", ",page", &[":2: column seen_on: found nothing"]),
            ("0.05,2026-10-01", "0.05,2026-10", &[":6: column effective_from: found `2026-10`", "or empty"]),
            (
                "page,high",
                "pages,high",
                &[":2: column source: found `pages`; expected a key of sources.csv", "`page`?"],
            ),
            ("page,high", "page,sure", &[":2: column confidence: found `sure`; expected `high`, `medium` or `low`"]),
        ],
    );
}

#[test]
fn a_ladder_is_sound() {
    refused(
        "prices/AmazonVPC.csv",
        &[
            (
                "GB,10240,0.085",
                "GB,0,0.085",
                &[
                    ":4: column tier_start: found `0` a second time",
                    "one row for each meter, tier and effective_from; line 3 has these",
                ],
            ),
            (
                "GB,0,0.09",
                "GB,20480,0.09",
                &[
                    ":3: column tier_start: found `20480`; expected `0` for the first tier",
                    ":4: column tier_start: found `10240` after `20480`; expected rising tiers",
                ],
            ),
            ("GB,0,0.09", "GB,1,0.09", &[":3: column tier_start: found `1`; expected `0`"]),
            ("Send,GB,10240", "Send,Hrs,10240", &[":4: column unit: found `Hrs`; expected `GB`", "line 3"]),
            ("Hrs,0,0.05,2026-10-01", "GB,0,0.05,2026-10-01", &[":6: column unit: found `GB`; expected `Hrs`"]),
            ("0.05,2026-10-01", "0.05,", &[":6: column tier_start: found `0` a second time", "line 5"]),
            ("GB,0,0.09", "GB,0,", &[":3: column price_usd: found nothing; expected a price", "begin with a gap"]),
            (
                "us-east-1,Hours",
                "eu-west-1,Bytes,Send,GB,20480,,,2026-11-01,page,high,\n\
                 eu-west-1,Bytes,Send,GB,40960,0.01,,2026-11-01,page,high,\nus-east-1,Hours",
                &[":5: column price_usd: found nothing; expected a price, since line 6 has a further tier"],
            ),
        ],
    );
}

#[test]
fn a_ladder_may_end_with_a_gap_and_its_rows_need_not_be_neighbours() {
    let mut files = sound();
    let text = format!("{VPC}eu-west-1,Bytes,Send,GB,51200,,,2026-11-01,page,high,gap: not read\n");
    files.insert("prices/AmazonVPC.csv", text);
    let parts = read(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let bytes = parts.prices.iter().find(|price| price.meter.usage_type == "Bytes").expect("the ladder");
    assert_eq!(bytes.tiers.len(), 2);
    assert_eq!(bytes.known_up_to.expect("an end").to_string(), "51200");
    assert_eq!(bytes.note, "gap: not read");
}

#[test]
fn each_version_of_a_price_ends_where_the_next_begins() {
    let parts = read(&sound()).expect("sound");
    let versions: Vec<_> = parts.prices.iter().filter(|price| price.meter.region == "us-east-1").collect();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].effective_from, None);
    assert_eq!(versions[0].effective_to, versions[1].effective_from);
    assert_eq!(versions[1].effective_to, None);
}

#[test]
fn files_are_those_that_are_read() {
    let mut files = sound();
    files.remove("regions.csv");
    let message = read(&files).expect_err("no Regions").to_string();
    assert!(
        message
            .contains("regions.csv: found no such file, or an empty one; expected a table with the header region,loc"),
        "{message}"
    );

    for (path, words) in [
        ("region.csv", "region.csv: found a file that nothing reads; expected `regions.csv`"),
        ("prices/Amazon VPC.csv", "prices/Amazon VPC.csv: found a file name that is not a service code"),
        ("prices/AmazonVPC.tsv", "expected `<ServiceCode>.csv`"),
        ("facts/tunnels.yml", "expected `facts/<topic>.yaml`"),
    ] {
        let mut files = sound();
        files.insert(path, VPC);
        let message = read(&files).expect_err(path).to_string();
        assert!(message.contains(words), "{path}: {message}");
    }
}

#[test]
fn regions_and_sources_are_sound() {
    refused(
        "regions.csv",
        &[
            ("us-east-1,", "eu-west-1,", &[":3: column region: found `eu-west-1` a second time; expected each once"]),
            (",USE1,", ",EU,", &[":3: column usage_prefix: found `EU` a second time"]),
            (",europe", ",europa", &[":2: column geography: found `europa`; expected `africa`"]),
            (",EU (Ireland)", ",", &[":2: column location_name: found nothing; expected a text"]),
        ],
    );
    refused(
        "sources.csv",
        &[
            (",3\n", ",4\n", &[":2: column trust: found `4`; expected `1`, `2` or `3`"]),
            ("2026-11-22", "last week", &[":2: column retrieved_or_published: found `last week`", "a range"]),
            (",3\n", ",3\npage,Again,,2026,1\n", &[":3: column key: found `page` a second time"]),
        ],
    );
}

#[test]
fn free_tiers_are_sound() {
    refused(
        "free_tiers.csv",
        &[
            ("AmazonVPC", "AmazonVPS", &[":2: column service_code: found `AmazonVPS`", "did you mean `AmazonVPC`?"]),
            ("*-Bytes", "Out*Bytes", &[":2: column usage_types: found `Out*Bytes`", "one `*` at its begin or its end"]),
            ("Bytes|", "|", &[":2: column usage_types: found nothing"]),
            ("100,", "-1,", &[":2: column allowance: found `-1`"]),
            (",month,", ",hour,", &[":2: column period: found `hour`", "expected `month`"]),
            (",account,", ",service,", &[":2: column period: found `month`", "expected `hour`"]),
            (",GB,", ",Gb,", &[":2: column unit: found `Gb`", "did you mean `GB`?"]),
            (",GB,", ",Requests,", &["column unit: found `Requests` for `Bytes|*-Bytes` of AmazonVPC; expected `GB`"]),
            (",month,", ",year,", &[":2: column period: found `year`; expected `month`, `hour` or `once`"]),
            (",account,", ",zone,", &[":2: column scope: found `zone`; expected `account`, `region` or `service`"]),
            ("always", "ever", &[":2: column kind: found `ever`; expected `always`, `12-months-legacy` or `trial`"]),
            (",,,page", ",2026-01-01,2025-01-01,page", &[":2: column valid_to: found `2025-01-01`", "`2026-01-01` on"]),
            (",page,", ",leaf,", &[":2: column source: found `leaf`"]),
        ],
    );
}

#[test]
fn increments_and_other_spellings_are_sound() {
    refused(
        "metering.csv",
        &[
            ("AmazonVPC", "VPC", &[":2: column service_code: found `VPC`", "a service code that has prices"]),
            ("Hours,", "H**,", &[":2: column usage_type: found `H**`"]),
            ("1 h", "", &[":2: column increment: found nothing"]),
        ],
    );
    refused(
        "usage_type_aliases.csv",
        &[
            ("*,", "mars,", &[":2: column region: found `mars`; expected a Region of regions.csv or `global` or `*`"]),
            ("VPN-Hours", "", &[":2: column billed_as: found nothing"]),
            ("VPN-Hours\n", "A\nAmazonVPC,*,Hours,B\n", &[":3: column usage_type: found `Hours` a second time"]),
        ],
    );
}

#[test]
fn derivation_rules_are_sound() {
    refused(
        "derived.csv",
        &[
            ("constant", "sum", &[":2: column kind: found `sum`; expected `ratio` or `constant`"]),
            (",price,", ",guess,", &[":2: column purpose: found `guess`; expected `price` or `check`"]),
            ("0.5,1,", "0.5,0,", &[":2: column divisor: found `0`; expected a whole number, at least 1"]),
            ("0.5,1,", "half,1,", &[":2: column factor: found `half`"]),
            ("2,1,4,", "2,1,13,", &[":3: column round_dp: found `13`; expected a whole number up to 12"]),
            ("eu-west-1,", "eu-west-9,", &[":3: column regions: found `eu-west-9`"]),
            ("x*,", "x*y,", &[":3: column except_types: found `x*y`"]),
            ("0.01,", "1%,", &[":3: column check_tolerance: found `1%`"]),
            ("two sizes", "", &[":3: column evidence: found nothing"]),
            ("AmazonVPC,Zones", "AmazonDNS,Zones", &[":2: column service_code: found `AmazonDNS`", "has prices"]),
            ("ratio,,", "ratio,AmazonDNS,", &[":3: column of_service_code: found `AmazonDNS`"]),
            ("ratio,,<type>", "ratio,,Days", &[":3: column of_usage_type: found `Days`", "has a price", "`Run`"]),
            ("Zones,,constant", "Zone,,constant", &[":2: column usage_type: found `Zone`", "a price in some Region"]),
            ("Big<type>", "Big", &[":3: column of_usage_type: found `<type>`; expected no `<type>`"]),
            ("Big<type>", "<type>-<type>", &[":3: column usage_type: found `<type>-<type>`", "once at most"]),
            ("constant,,", "constant,,Hours", &[":2: column of_usage_type: found `Hours`", "no other meter"]),
            ("Big<type>,Run", "<type>,*", &[":3: column usage_type: found `<type>`; expected meters of one unit"]),
        ],
    );
}

#[test]
fn sizes_are_sound() {
    refused(
        "ec2_instance_types.csv",
        &[
            ("large,2", "large,two", &[":2: column vcpu: found `two`; expected a whole number"]),
            ("x86_64", "x86", &[":2: column architecture: found `x86`; expected `x86_64` or `arm64`"]),
            ("0.75\n", "0.75\nm5.large,,,,,,,,\n", &[":3: column instance_type: found `m5.large` a second time"]),
            ("0.75", "fast", &[":2: column network_gbps: found `fast`"]),
        ],
    );
    refused(
        "fargate_sizes.csv",
        &[
            (
                "8,1,linux",
                "8,4,linux",
                &[":3: column step_gb: found `4`; expected a step above 0 that leads from 2 to 8"],
            ),
            ("8,1,linux", "8,0,linux", &[":3: column step_gb: found `0`"]),
            ("list:0.5|1|2", "list:0.5|2|1", &[":2: column step_gb: found `list:0.5|2|1`", "rising sizes"]),
            ("linux+windows", "windows", &[":3: column os: found `windows`; expected `linux` or `linux+windows`"]),
            ("1,2,8", "0.25,2,8", &[":3: column vcpu: found `0.25`; expected more than in the row before"]),
        ],
    );
}

#[test]
fn facts_are_sound() {
    refused(
        "facts/tunnels.yaml",
        &[
            ("topic: tunnels", "topic: tunnel", &[":2: key topic: found `tunnel`; expected `tunnels`"]),
            (
                "id: landings",
                "id: tunnel_gbps",
                &[":12: key id: found `tunnel_gbps` in `tunnel_gbps`; expected an id of its own: facts/tunnels.yaml:4"],
            ),
            ("id: landings", "id: Landings", &[":12: key id: found `Landings`", "lower-case"]),
            (
                "    source: \"https://docs.aws.amazon.com/vpn/\"\n",
                "",
                &[":4: key source: found nothing in `tunnel_gbps`; expected every fact to have `source`"],
            ),
            ("hardness: physical", "hardness: firm", &[":8: key hardness: found `firm`", "`physical`, `hard_quota`"]),
            (
                "verified_on: \"2026-11-22\"",
                "verified_on: \"22 Nov\"",
                &[":11: key verified_on: found `22 Nov`", "a date"],
            ),
            ("\"2026c\"", "\"some day\"", &[":10: key source_date: found `some day`", "a range of them"]),
            ("\"1.25\"", "\"1,25\"", &[":5: key value: found `1,25` in `tunnel_gbps`; expected a decimal in quotes"]),
            ("\"1.25\"", "1.25", &[":5", "a decimal in quotes", "every number and date in quotes"]),
            ("[\"tgw\", \"vgw\"]", "[]", &[":13: key value: found an empty list"]),
            ("    unit: \"Gbps\"\n", "    unit: \"Gbps\"\n    unit: \"Mbps\"\n", &[":7", "duplicate", "unit"]),
            ("    unit: \"Gbps\"\n", "    units: \"Gbps\"\n", &[":6", "unknown field `units`", "unit"]),
            ("scores:", "points:", &["unknown field `points`"]),
        ],
    );
}

#[test]
fn scores_are_sound() {
    refused(
        "facts/tunnels.yaml",
        &[
            ("speed: \"10\"", "speed: \"11\"", &[":27: key speed: found `11`; expected a score from 0 to 10"]),
            ("speed: \"10\"", "speed: \"-1\"", &[":27: key speed: found `-1`; expected a score from 0 to 10"]),
            ("    speed: \"10\"\n", "", &["key speed: found nothing for `vpn`; expected a score from 0 to 10"]),
            ("    speed: \"10\"\n", "    speed: \"10\"\n    looks: \"3\"\n", &["key looks: found `looks`", "`safety`"]),
            ("speed: \"0.4\"", "speed: \"0.5\"", &["key weights: found a sum of 1.1; expected weights that sum to 1"]),
            ("    variant: large\n", "", &["key option: found `vpn` with this variant a second time"]),
            ("    basis: \"G\"\n", "", &[":21: key basis: found nothing"]),
        ],
    );
}

#[test]
fn one_id_stands_for_one_fact_in_all_files() {
    let mut files = sound();
    files.insert("facts/other.yaml", FACTS.replace("topic: tunnels", "topic: other"));
    let message = read(&files).expect_err("ids twice").to_string();
    assert!(message.contains("facts/tunnels.yaml:4: key id: found `tunnel_gbps`"), "{message}");
    assert!(message.contains("facts/other.yaml:4 has it already"), "{message}");
}

#[test]
fn architectures_are_sound() {
    refused(
        "architectures/office.yaml",
        &[
            ("id: office", "id: offices", &[":2: key id: found `offices`; expected `office`, the name of the file"]),
            ("name: An office on a hub", "name: \"\"", &[":3: key name: found nothing"]),
            ("its way out.", "its way out", &[":4: key about", "a sentence with a full stop"]),
            ("about: A site and its way out.\n", "", &["missing field `about`", "a YAML map of `id`"]),
            ("about:", "abuot:", &[":4: found a text that cannot be read", "unknown field `abuot`"]),
            ("name: An office", "name: A\nname: An office", &[":4", "duplicate", "name"]),
            (
                "name: gb_month",
                "name: sites",
                &[":7: key parameters.sites: found `sites`; expected a name of its own", "`month_hours`"],
            ),
            ("name: gb_month", "name: min", &[":7: key parameters.min: found `min`; expected a name of its own"]),
            ("unit: GB,", "", &[":7: key parameters.gb_month.unit: found nothing"]),
            (
                "default: 2,",
                "default: 200,",
                &[":6: key parameters.sites.default: found `200`; expected a number from 1 to 100"],
            ),
            (
                "default: 2,",
                "default: 1.5,",
                &[":6: key parameters.sites.default: found `1.5`; expected a whole number"],
            ),
            (
                "default: 10.5",
                "default: few",
                &[":7: key parameters.gb_month.default: found `\"few\"`; expected a decimal"],
            ),
            ("min: 0, max: 1000", "min: 0", &[":7: key parameters.gb_month.max: found nothing"]),
            ("default: vpn", "default: vnp", &[":8: key parameters.link.default: found `vnp`; expected `vpn` or `dx`"]),
            (
                "default: vpn",
                "default: vpn\n    unit: links",
                &[":8: key parameters.link: found a choice with the fields of a number"],
            ),
            ("word: dx", "word: vpn", &[":8: key parameters.link.choices: found `vpn`; expected a word of its own"]),
            ("tunnels: 0", "pipes: 0", &[":8: key parameters.link.choices: found the numbers of `dx`", "same names"]),
            ("tunnels: 0", "tunnels: none", &[":8: key parameters.link.choices: found the numbers of `dx`"]),
            (
                "sites * link.tunnels",
                "sites * link.tunnel",
                &[
                    ":15: key computed.addresses.value: found `link.tunnel` at character 9 of `sites * link.tunnel`",
                    "did you mean `link.tunnels`?",
                ],
            ),
            ("\"= sites * link.tunnels\"", "\"4\"", &[":15: key computed.addresses.value: found what is not computed"]),
            ("name: addresses", "name: sites", &[":15: key computed.sites: found `sites`; expected a name of its own"]),
            (
                "\"= gb_month\"",
                "\"= gb_mouth\"",
                &[
                    ":19: key resources.way_out.usage.data_out_gb: found `gb_mouth` at character 1 of `gb_mouth`",
                    "the name of a number that is known; did you mean `gb_month`?",
                ],
            ),
            (
                "ceil(sites / 10)",
                "ceil(sites / 10",
                &["found the end at character 16 of `ceil(sites / 10`; expected an operator or `)`"],
            ),
            ("ceil(sites / 10)", "link * 2", &["found `link` at character 1 of `link * 2`"]),
            ("\"= addresses\"", "4", &[":15: key computed.addresses: found a name that nothing uses"]),
            (
                "{ link: [vpn] }",
                "{ link: [vnp] }",
                &[":19: key resources.way_out.when: found `vnp`; expected `vpn` or `dx`"],
            ),
            (
                "{ link: [vpn] }",
                "{ lnik: vpn }",
                &["found `lnik`; expected a parameter that is a choice; did you mean `link`?"],
            ),
            ("{ link: [vpn] }", "{ sites: vpn }", &[":19: key resources.way_out.when: found `sites`"]),
            ("name: way_out", "name: Way out", &[":19: key resources.Way out: found `Way out`"]),
            ("many?", "many", &[":27: key decisions.nat_topology: found `One way out or many`; expected a question"]),
            ("https://docs.aws.amazon.com/vpc/", "the docs", &[":32: key sources: found `the docs`; expected a link"]),
        ],
    );
    // One mistake is told once, and not again where its name is used.
    let mut files = sound();
    files.insert("architectures/office.yaml", ARCHITECTURE.replace("sites * link.tunnels", "sites * link.tunnel"));
    assert_eq!(read(&files).expect_err("one mistake").total, 1);
    let mut files = sound();
    files.insert("architectures/office.yml", ARCHITECTURE);
    let message = read(&files).expect_err("another extension").to_string();
    assert!(message.contains("architectures/office.yml: found a file that is not YAML"), "{message}");
    files.remove("architectures/office.yml");
    files.insert("architectures/other.yaml", ARCHITECTURE);
    let message = read(&files).expect_err("an id twice").to_string();
    assert!(message.contains("architectures/other.yaml:2: key id: found `office`; expected `other`"), "{message}");
}

/// What only the floors above the catalog know.
#[test]
fn architectures_name_services_and_decisions_that_exist() {
    for (sound_text, spoilt, words) in [
        (
            "service: nat_gateway",
            "service: nat_gatway",
            ":19: key resources.way_out.service: found `nat_gatway`; expected a service that exists; did you mean \
             `nat_gateway`?",
        ),
        (
            "gateways: \"=",
            "gatways: \"=",
            ":19: key resources.way_out.usage.gatways: found the field `gatways` is not known here; expected did you mean \
             `gateways`?",
        ),
        (
            "ceil(sites / 10)",
            "sites / 10",
            ":19: key resources.way_out.usage.gateways: found `gateways` is 0.2; it must be a whole number",
        ),
        (
            "sites * link.tunnels",
            "sites * link.tunnels * 1000000",
            "key resources.way_out.usage.public_ipv4_addresses: found `public_ipv4_addresses` is 4000000",
        ),
        ("ceil(sites / 10)", "1 / (sites - 2)", "key resources: found a quantity was divided by zero"),
        (
            "decision: nat_topology",
            "decision: nat_topolgy",
            ":27: key decisions.nat_topolgy: found `nat_topolgy`; expected a decision that exists; did you mean \
             `nat_topology`?",
        ),
        (
            "vpcs: \"=",
            "vpc: \"=",
            ":27: key decisions.nat_topology.inputs: found `vpc`; expected an input of `nat_topology` that exists; did you \
             mean `vpcs`?",
        ),
    ] {
        let mut files = sound();
        assert!(ARCHITECTURE.contains(sound_text), "{sound_text}");
        files.insert("architectures/office.yaml", ARCHITECTURE.replacen(sound_text, spoilt, 1));
        let parts = read(&files).unwrap_or_else(|errors| panic!("{spoilt}: {errors}"));
        let catalog = Catalog::new(Edition { number: 1, hash: String::new() }, parts);
        let message = architecture::check::check(&catalog).expect_err(spoilt).to_string();
        assert!(
            message.contains(&format!("architectures/office.yaml{words}")) || message.contains(words),
            "{spoilt}: {message}"
        );
    }
}

#[test]
fn all_mistakes_are_reported_at_once_up_to_a_cap() {
    let mut files = sound();
    files.insert("prices/AmazonVPC.csv", VPC.replace("page,high", "leaf,sure"));
    files.insert("sources.csv", SOURCES.replace(",3", ",9"));
    let errors = read(&files).expect_err("many mistakes");
    assert_eq!(errors.total, 12, "{errors}");
    assert_eq!(errors.errors.len(), 12);

    let row = "eu-west-1,Hours,Run,Hrs,0,0.05,,2026-11-01,leaf,high,\n";
    files.insert("prices/AmazonVPC.csv", format!("{VPC}{}", row.repeat(150)));
    let errors = read(&files).expect_err("very many mistakes");
    assert_eq!(errors.errors.len(), 100);
    assert!(errors.total >= 150);
    assert!(errors.to_string().ends_with(&format!("and {} more", errors.total - 100)));
}
