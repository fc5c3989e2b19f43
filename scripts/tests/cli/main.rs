//! The binary against a chain of its own, with sockets in between and the contracts as they are built.

mod beacon;
mod courtroom;
mod deploying;
mod dev_up;
mod disputing;
mod judging;
mod keeping;
mod manifests;
mod matching;
mod providing;
mod quarrel;
mod receipting;
mod refusing;
mod replaying;
mod showing;
mod submitting;
mod upkeeping;
mod voting;
mod watching;
mod world;
