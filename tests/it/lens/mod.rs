//! The lens, one file for each function.

mod best_match;
mod constructor;
mod eligible;
mod governance;
mod job;
mod job_id;
mod job_parameters;
mod minimum_stake;
mod next_action;
mod parameters;
mod provider;
mod provider_count;
mod providers;
mod quote;

use crate::{
    prelude::*,
    registry::{NOBODY, close, next_day, request, settled, take},
};

/// What [`request`] asks, at a posted price of 100 LNQ, from the standing offer.
fn requirements(world: &World) -> Requirements {
    let terms = world.terms();
    Requirements {
        resources: terms.resources,
        features: terms.features,
        regions: terms.regions,
        tier: terms.tier,
        price: terms.price,
        runSecs: terms.runSecs,
        windowSecs: terms.windowSecs,
        standing: true,
    }
}
