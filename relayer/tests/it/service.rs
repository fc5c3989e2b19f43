//! What a provider relies on besides its journal, on real contracts.

use crate::world::World;
use linq_abi::{IJobs, codes::SlotState};

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
