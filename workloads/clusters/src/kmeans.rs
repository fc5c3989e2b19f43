//! k-means with k-means++ starts, and the silhouette that rates it.

use crate::{random::Random, table::Table};

/// Most rounds of one start; measurements settle long before.
const MAX_ROUNDS: usize = 200;
/// Rows whose silhouette is taken, evenly spread: each of them is compared with every other row.
const RATED_ROWS: usize = 1_000;

/// Centres, and the rows nearest to each.
pub struct Clustering {
    /// The centres.
    pub centres: Vec<Vec<f64>>,
    /// The centre of each row.
    pub members: Vec<usize>,
    /// Sum of squared distances of rows from their centres.
    pub spread: f64,
}

/// The tightest of `starts` clusterings.
pub fn tightest(table: &Table, count: usize, starts: usize, random: &mut Random) -> Clustering {
    let mut best = cluster(table, start(table, count, random));
    for _ in 1..starts {
        let found = cluster(table, start(table, count, random));
        if found.spread < best.spread {
            best = found;
        }
    }
    best
}

/// k-means++: each further centre is a row, drawn with the square of its distance from the nearest centre as weight.
fn start(table: &Table, count: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let mut centres = vec![table.row(random.below(table.rows())).to_vec()];
    let mut nearest: Vec<f64> = (0..table.rows()).map(|row| distance(table.row(row), &centres[0])).collect();
    while centres.len() < count {
        let mut left = random.unit() * nearest.iter().sum::<f64>();
        let mut chosen = table.rows() - 1;
        for (row, weight) in nearest.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                chosen = row;
                break;
            }
        }
        let centre = table.row(chosen).to_vec();
        for (row, weight) in nearest.iter_mut().enumerate() {
            *weight = weight.min(distance(table.row(row), &centre));
        }
        centres.push(centre);
    }
    centres
}

/// Lloyd's rounds until no row changes its centre.
fn cluster(table: &Table, mut centres: Vec<Vec<f64>>) -> Clustering {
    let mut members = vec![usize::MAX; table.rows()];
    let mut spread = 0.0;
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        spread = 0.0;
        for (row, member) in members.iter_mut().enumerate() {
            let (nearest, away) = nearest(table.row(row), &centres);
            changed |= *member != nearest;
            *member = nearest;
            spread += away;
        }
        if !changed {
            break;
        }
        move_centres(table, &members, &mut centres);
    }
    Clustering { centres, members, spread }
}

fn nearest(row: &[f64], centres: &[Vec<f64>]) -> (usize, f64) {
    let mut found = (0, f64::INFINITY);
    for (index, centre) in centres.iter().enumerate() {
        let away = distance(row, centre);
        if away < found.1 {
            found = (index, away);
        }
    }
    found
}

fn move_centres(table: &Table, members: &[usize], centres: &mut [Vec<f64>]) {
    let mut sizes = vec![0usize; centres.len()];
    let mut sums = vec![vec![0.0; table.columns()]; centres.len()];
    for (row, member) in members.iter().enumerate() {
        sizes[*member] += 1;
        for (sum, value) in sums[*member].iter_mut().zip(table.row(row)) {
            *sum += value;
        }
    }
    for ((centre, sum), size) in centres.iter_mut().zip(sums).zip(sizes) {
        // A centre that lost all its rows stays where it is.
        if size > 0 {
            *centre = sum.iter().map(|value| value / size as f64).collect();
        }
    }
}

/// The mean silhouette: near 1 when rows are much closer to their own cluster than to the next, below 0 when not.
pub fn silhouette(table: &Table, found: &Clustering) -> f64 {
    let sizes: Vec<f64> = (0..found.centres.len())
        .map(|cluster| found.members.iter().filter(|member| **member == cluster).count() as f64)
        .collect();
    let step = table.rows().div_ceil(RATED_ROWS);
    let rated: Vec<f64> = (0..table.rows()).step_by(step).map(|row| silhouette_of(table, found, &sizes, row)).collect();
    rated.iter().sum::<f64>() / rated.len() as f64
}

fn silhouette_of(table: &Table, found: &Clustering, sizes: &[f64], row: usize) -> f64 {
    let own = found.members[row];
    if sizes[own] < 2.0 {
        return 0.0;
    }
    let mut sums = vec![0.0; sizes.len()];
    for (other, member) in found.members.iter().enumerate() {
        sums[*member] += distance(table.row(row), table.row(other)).sqrt();
    }
    let inside = sums[own] / (sizes[own] - 1.0);
    let mut outside = f64::INFINITY;
    for (cluster, sum) in sums.iter().enumerate() {
        if cluster != own && sizes[cluster] > 0.0 {
            outside = outside.min(sum / sizes[cluster]);
        }
    }
    (outside - inside) / inside.max(outside)
}

/// The square of the distance between two points.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
