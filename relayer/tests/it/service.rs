//! What a provider relies on besides its journal, on real contracts.

use linq_abi::{IJobs, codes::SlotState};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn it_does_several_jobs_and_is_paid_for_each() {
    let mut world = World::new().await;
    let mut relayer = world.start("several", None);
    let jobs = [world.post().await, world.post().await, world.post().await];
    for job in jobs {
        world.reaches(job, SlotState::Submitted, &mut relayer).await;
        assert_eq!(world.slot(job).await.claim, 20);
    }
    world.pass_time(130).await;
    for job in jobs {
        world.reaches(job, SlotState::Closed, &mut relayer).await;
    }
    assert!(relayer.log().contains("following new heads"));
    assert!(relayer.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_cannot_be_fetched_is_not_taken() {
    let mut world = World::new().await;
    let mut relayer = world.start("missing", None);
    let missing = world.post_module("absent.wasm").await;
    let possible = world.post().await;
    world.reaches(possible, SlotState::Submitted, &mut relayer).await;
    assert_eq!(world.slot(missing).await.state, SlotState::Open as u8);
    assert_eq!(world.count::<IJobs::SlotTaken>(missing).await, 0);
    assert!(relayer.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_them_never_share_a_data_directory() {
    let mut world = World::new().await;
    let mut first = world.start("shared", None);
    let job = world.post().await;
    world.reaches(job, SlotState::Submitted, &mut first).await;
    let mut second = world.start("shared", None);
    assert_eq!(second.ended().await.code(), Some(6));
    assert!(first.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_assign_to_the_standing_offer_is_done_too() {
    let mut world = World::new().await;
    let mut relayer = world.start_waiting("assigned");
    let left_alone = world.post().await;
    let assigned = world.post().await;
    world.assign().await;
    world.reaches(assigned, SlotState::Submitted, &mut relayer).await;
    assert!(world.slot(assigned).await.standing);
    assert_eq!(world.slot(left_alone).await.state, SlotState::Open as u8);
    assert!(relayer.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn assigned_work_with_forged_content_is_given_back_at_once() {
    let mut world = World::new().await;
    world.forge("forged.wasm");
    let mut relayer = world.start_waiting("forged");
    let job = world.post_module("forged.wasm").await;
    world.assign().await;
    world.reaches(job, SlotState::Open, &mut relayer).await;
    for _ in 0..100 {
        if world.count::<IJobs::SlotReopened>(job).await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(world.count::<IJobs::SlotReopened>(job).await, 1, "{}", relayer.log());
    assert_eq!(world.count::<IJobs::ResultSubmitted>(job).await, 0);
    assert!(relayer.log().contains("ContentWrong"));
    assert!(relayer.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_what_is_wrong_by_its_exit_code() {
    let world = World::new().await;
    let (code, log) = world.check(&[], true).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("is the operator of provider 1"), "{log}");

    for (arguments, as_operator, expected, said) in [
        (vec!["--chain-id", "1"], true, 3, "the configuration says 1"),
        (vec!["--jobs", "0x00000000000000000000000000000000000000ff"], true, 3, "names no registry"),
        (vec!["--jobs", "0x00000000000000000000000000000000000ffff0"], true, 3, "there is no contract"),
        (vec!["--lens", "0x00000000000000000000000000000000000000ff"], true, 3, "is no lens"),
        (vec!["--provider", "99"], true, 3, "there is no provider 99"),
        (vec!["--listen", "nowhere"], true, 2, "nowhere"),
        (vec![], false, 4, "the operator of provider 1 is"),
        (vec!["--rpc-url", "http://127.0.0.1:1"], true, 5, "does not answer"),
    ] {
        let (code, log) = world.check(&arguments, as_operator).await;
        assert_eq!(code, Some(expected), "{arguments:?}: {log}");
        assert!(log.contains(said), "{arguments:?}: {log}");
    }
}
