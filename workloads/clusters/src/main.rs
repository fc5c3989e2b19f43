//! Finds how many clusters a table of measurements has, and which.
//!
//! Reads `/input/measurements.csv` (a header, then one number per column and line). For each number of clusters asked
//! for it runs k-means with k-means++ starts many times, keeps the tightest, and rates it by its mean silhouette. The
//! best rated number wins. Writes `/output/centres.csv`, `/output/members.csv` and a table to standard output.
//!
//! Everything is a function of the input and the arguments: starts come from a seed, sums are taken in order, and the
//! only operations on numbers are those that every machine rounds alike.

mod kmeans;
mod random;
mod table;

use std::{env, fmt::Write as _, fs, process::ExitCode};

use kmeans::Clustering;
use random::Random;
use table::Table;

const INPUT: &str = "/input/measurements.csv";
const CENTRES: &str = "/output/centres.csv";
const MEMBERS: &str = "/output/members.csv";

struct Options {
    least: usize,
    most: usize,
    starts: usize,
    seed: u64,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { least: 2, most: 8, starts: 8, seed: 1 };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            let number: u64 = value.parse().map_err(|_| format!("{name}: `{value}` is no number"))?;
            match name.as_str() {
                "--least" => options.least = number as usize,
                "--most" => options.most = number as usize,
                "--starts" => options.starts = number as usize,
                "--seed" => options.seed = number,
                _ => return Err(format!("{name}: known are --least, --most, --starts and --seed")),
            }
        }
        match options.least >= 2 && options.most >= options.least && options.starts >= 1 {
            true => Ok(options),
            false => Err("there must be at least 2 clusters, --most not below --least, and 1 start".into()),
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("clusters: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let options = Options::parse(env::args().skip(1))?;
    let text = fs::read_to_string(INPUT).map_err(|error| format!("{INPUT}: {error}"))?;
    let table = Table::parse(&text)?;
    if table.rows() < options.most {
        return Err(format!("{} rows cannot make {} clusters", table.rows(), options.most));
    }
    println!("{} rows, {} columns", table.rows(), table.columns());

    let mut random = Random::new(options.seed);
    let mut best: Option<(f64, Clustering)> = None;
    println!("clusters  spread        silhouette");
    for count in options.least..=options.most {
        let found = kmeans::tightest(&table, count, options.starts, &mut random);
        let silhouette = kmeans::silhouette(&table, &found);
        println!("{count:8}  {:12.4}  {silhouette:10.6}", found.spread);
        if best.as_ref().is_none_or(|(rating, _)| silhouette > *rating) {
            best = Some((silhouette, found));
        }
    }
    let (rating, best) = best.ok_or("no number of clusters was asked for")?;
    println!("best: {} clusters with a silhouette of {rating:.6}", best.centres.len());
    write(CENTRES, &centres(&table, &best))?;
    write(MEMBERS, &members(&best))
}

fn centres(table: &Table, best: &Clustering) -> String {
    let mut text = format!("cluster,size,{}\n", table.names().join(","));
    for (index, centre) in best.centres.iter().enumerate() {
        let size = best.members.iter().filter(|member| **member == index).count();
        let values: Vec<String> = table.original(centre).iter().map(|value| format!("{value:.6}")).collect();
        text.push_str(&format!("{index},{size},{}\n", values.join(",")));
    }
    text
}

fn members(best: &Clustering) -> String {
    let mut text = String::from("row,cluster\n");
    for (row, cluster) in best.members.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{row},{cluster}");
    }
    text
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}
