//! Random games against an independent model.
//!
//! Thirteen people, some of them hostile, and the contracts themselves try all they can in any order; an oracle written
//! from the protocol says what has to come of it, to the byte. A game that is lost is shrunk to the fewest moves.
//!
//! `LINQ_SEED` and `LINQ_GAMES` choose other games and more of them; both are printed.

mod action;
mod coverage;
mod game;
mod oracle;
mod replay;

use std::{cell::RefCell, env, thread, time::Instant};

use proptest::{
    collection::vec,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

use self::{action::Action, coverage::Coverage, game::Game};

/// Moves of a game, at most.
const MOVES: usize = 200;

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn play(actions: &[Action], coverage: &mut Coverage) -> Result<(), String> {
    let mut game = Game::new(coverage);
    game.open()?;
    for (number, action) in actions.iter().enumerate() {
        game.play(*action).map_err(|why| format!("move {number}, {action:?}: {why}"))?;
    }
    game.close()
}

/// A game of what hardly ever happens by chance.
fn play_the_rare(coverage: &mut Coverage) -> Result<(), String> {
    let mut game = Game::new(coverage);
    game.try_unwired()?;
    game.open()?;
    game.try_the_rare()?;
    game.close()
}

/// What one thread played.
struct Played {
    coverage: Coverage,
    /// Why a game was lost, if one was.
    lost: Option<String>,
}

/// Plays `games` games that follow from `seed` and the number of the thread.
fn play_all(seed: u64, thread: u8, games: u64) -> Played {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8] = thread;
    let config = Config { cases: games as u32, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let coverage = RefCell::new(Coverage::default());
    let result = runner.run(&vec(action::action(), MOVES / 2..=MOVES), |actions| {
        play(&actions, &mut coverage.borrow_mut()).map_err(TestCaseError::fail)
    });
    let lost = match result {
        Ok(()) => None,
        Err(TestError::Fail(why, actions)) => Some(format!("{why}\nafter {actions:#?}")),
        Err(TestError::Abort(why)) => Some(format!("given up: {why}")),
    };
    Played { coverage: coverage.into_inner(), lost }
}

#[test]
fn invariant_every_game_goes_as_the_model_says() {
    // About 140 calls a game: 10^4 in all, 10^6 at night.
    let usual = if linq_tests::is_nightly() { 7_200 } else { 74 };
    let (seed, games) = (number("LINQ_SEED", 1), number("LINQ_GAMES", usual));
    println!("LINQ_SEED={seed} LINQ_GAMES={games}");
    let start = Instant::now();
    let played = thread::scope(|scope| {
        let threads = [0, 1].map(|thread| scope.spawn(move || play_all(seed, thread, games.div_ceil(2))));
        threads.map(|thread| thread.join().expect("a lost game does not panic"))
    });
    let mut coverage = Coverage::default();
    play_the_rare(&mut coverage).unwrap_or_else(|why| panic!("the game of what is rare was lost: {why}"));
    for half in &played {
        coverage.add(&half.coverage);
    }
    let (ok, calls) = coverage.calls();
    println!(
        "{games} games, {calls} calls, {ok} of them successful, {:.1} s\n{coverage}",
        start.elapsed().as_secs_f64()
    );
    for half in &played {
        assert!(half.lost.is_none(), "LINQ_SEED={seed}: {}", half.lost.as_deref().unwrap_or_default());
    }
    assert_eq!(coverage.gaps(), Vec::<String>::new(), "the games did not come across everything");
}
