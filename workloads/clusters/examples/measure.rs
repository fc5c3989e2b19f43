//! Makes the measurements that the example job works on: `cargo run --example measure > input/measurements.csv`.
//!
//! Seven kinds of sensor, each around its own working point with its own noise, readings in random order.

#[path = "../src/random.rs"]
mod random;

use random::Random;

/// Readings to make.
const ROWS: usize = 5_000;
/// Temperature, humidity, pressure, vibration of each kind, and how far readings lie around them.
const KINDS: [([f64; 4], f64); 7] = [
    ([18.0, 41.0, 1_013.0, 0.8], 0.9),
    ([23.5, 58.0, 1_009.0, 1.6], 1.1),
    ([31.0, 35.0, 1_004.0, 3.1], 0.8),
    ([12.5, 72.0, 1_020.0, 0.4], 1.2),
    ([27.0, 66.0, 1_016.0, 4.4], 1.0),
    ([36.5, 49.0, 1_011.0, 2.2], 0.9),
    ([15.0, 53.0, 1_002.0, 2.8], 1.0),
];
/// One unit of noise in each column.
const NOISE: [f64; 4] = [1.4, 3.2, 1.3, 0.32];

fn main() {
    let mut random = Random::new(20_261_121);
    println!("temperature,humidity,pressure,vibration");
    for _ in 0..ROWS {
        let (point, spread) = KINDS[random.below(KINDS.len())];
        let mut values = Vec::new();
        for (centre, noise) in point.iter().zip(NOISE) {
            // The sum of twelve even numbers less six lies around 0 with a deviation of 1.
            let normal = (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
            values.push(format!("{:.2}", centre + normal * noise * spread));
        }
        println!("{}", values.join(","));
    }
}
