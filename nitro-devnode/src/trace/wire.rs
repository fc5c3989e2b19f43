//! A call tree as it goes over the wire.

use serde::{Deserialize, Serialize};

use super::{Frame, Step};

/// Frames one after the other, outermost first: readers of JSON bound how deep it nests, and call trees go deeper.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FlatTree {
    /// All frames, each before the ones it made, without their steps.
    frames: Vec<Frame>,
    /// The steps of each; `null` stands for the next frame that no other step stands for.
    steps: Vec<Vec<Option<Step>>>,
}

impl From<Frame> for FlatTree {
    fn from(frame: Frame) -> Self {
        let mut tree = Self::default();
        tree.add(frame);
        tree
    }
}

impl FlatTree {
    fn add(&mut self, mut frame: Frame) {
        let steps = std::mem::take(&mut frame.steps);
        let place = self.frames.len();
        self.frames.push(frame);
        self.steps.push(Vec::new());
        for step in steps {
            match step {
                Step::Frame(nested) => {
                    self.steps[place].push(None);
                    self.add(*nested);
                }
                other => self.steps[place].push(Some(other)),
            }
        }
    }

    /// The outermost frame with all that is in it; `None` if there are fewer frames than steps that stand for one.
    pub fn into_frame(self) -> Option<Frame> {
        take(&mut self.frames.into_iter().zip(self.steps))
    }
}

fn take(rest: &mut impl Iterator<Item = (Frame, Vec<Option<Step>>)>) -> Option<Frame> {
    let (mut frame, steps) = rest.next()?;
    for step in steps {
        let step = match step {
            Some(step) => step,
            None => Step::Frame(Box::new(take(rest)?)),
        };
        frame.steps.push(step);
    }
    Some(frame)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, Bytes, U256};

    use super::*;

    fn frame(gas: u64, steps: Vec<Step>) -> Frame {
        Frame {
            kind: "CALL".to_owned(),
            from: Address::ZERO,
            to: None,
            acting: Address::ZERO,
            value: U256::ZERO,
            gas,
            gas_used: 0,
            stylus: false,
            input: Bytes::new(),
            output: Bytes::new(),
            error: None,
            reason: None,
            steps,
        }
    }

    fn nested(frame: Frame) -> Step {
        Step::Frame(Box::new(frame))
    }

    fn over_the_wire(frame: Frame) -> Option<Frame> {
        let text = serde_json::to_string(&FlatTree::from(frame)).expect("it can be written");
        serde_json::from_str::<FlatTree>(&text).expect("it can be read").into_frame()
    }

    #[test]
    fn a_tree_comes_back_as_it_was() {
        let log = || Step::Log { topics: Vec::new(), data: Bytes::new() };
        let left = frame(2, vec![log(), nested(frame(3, Vec::new()))]);
        let tree = frame(1, vec![nested(left), log(), nested(frame(4, vec![log()]))]);
        assert_eq!(over_the_wire(tree.clone()), Some(tree));
    }

    #[test]
    fn a_tree_may_be_as_deep_as_calls_go() {
        let tree = (0..1_024).fold(frame(0, Vec::new()), |inner, gas| frame(gas, vec![nested(inner)]));
        assert_eq!(over_the_wire(tree).map(|tree| tree.all().len()), Some(1_025));
    }

    #[test]
    fn a_frame_that_is_missing_is_noticed() {
        let mut tree = FlatTree::from(frame(1, vec![nested(frame(2, Vec::new()))]));
        tree.frames.pop();
        assert!(tree.into_frame().is_none());
    }
}
