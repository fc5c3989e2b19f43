//! Replays the gas vectors measured on a real Nitro chain (`tests/vectors/README.md` describes them) in process.
//!
//! Steps of kind `rpc` are about the wire format and left to the replay over JSON-RPC. Everything else has to
//! match to the unit, except for the steps listed in [`KNOWN_DIFFERENCES`].

#[path = "vectors/compare.rs"]
mod compare;
#[path = "vectors/replay.rs"]
mod replay;
#[path = "vectors/values.rs"]
mod values;

/// Steps that are known to differ, by file. A step that is not listed here and differs is a regression; one that is
/// listed and matches has to be taken off the list.
const KNOWN_DIFFERENCES: &[(&str, &[usize])] = &[
    // The shared dictionary of compressed programs comes with Nitro and cannot be distributed here.
    ("14-activation", &[74, 75]),
];

fn replays(file: &str) {
    let known = KNOWN_DIFFERENCES.iter().find(|(name, _)| *name == file).map_or(&[][..], |(_, steps)| *steps);
    let report = replay::file(file);
    let differing: Vec<usize> = report.iter().map(|difference| difference.step).collect();
    let unexpected: Vec<_> = report.iter().filter(|difference| !known.contains(&difference.step)).collect();
    let fixed: Vec<_> = known.iter().filter(|step| !differing.contains(step)).collect();
    for difference in &unexpected {
        println!("{file} #{}", difference.text);
    }
    assert!(unexpected.is_empty(), "{file}: {} steps differ", unexpected.len());
    assert!(fixed.is_empty(), "{file}: steps {fixed:?} do not differ any more");
}

macro_rules! files {
    ($($test:ident = $file:literal;)*) => {
        $(
            #[test]
            fn $test() {
                replays($file);
            }
        )*
    };
}

files! {
    vector_00_data_fee = "00-data-fee";
    vector_01_arith = "01-arith";
    vector_02_memory = "02-memory";
    vector_03_control = "03-control";
    vector_04_hooks = "04-hooks";
    vector_05_storage = "05-storage";
    vector_06_logs = "06-logs";
    vector_07_accounts = "07-accounts";
    vector_08_calls = "08-calls";
    vector_09_creates = "09-creates";
    vector_10_entry = "10-entry";
    vector_11_traps = "11-traps";
    vector_12_validation = "12-validation";
    vector_13_validation = "13-validation";
    vector_14_activation = "14-activation";
    vector_15_deploy = "15-deploy";
    vector_16_transactions = "16-transactions";
    vector_17_parameters = "17-parameters";
    vector_18_sdk_erc20 = "18-sdk-erc20";
    vector_19_sdk_counter = "19-sdk-counter";
    vector_99_min_init_gas = "99-min-init-gas";
}
