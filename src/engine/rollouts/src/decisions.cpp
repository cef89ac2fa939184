// SPDX-License-Identifier: Apache-2.0
#include "decisions.hpp"

namespace oakum::rollouts {

std::string decision_words(rollout::Event event) {
    switch (event) {
    case rollout::Event::proceed:
    case rollout::Event::open_next_wave:
        return "opened wave";
    case rollout::Event::halt:
        return "halted";
    case rollout::Event::pause:
        return "paused";
    case rollout::Event::resume:
        return "resumed";
    case rollout::Event::abort:
        return "aborted";
    case rollout::Event::start:
        return "started";
    case rollout::Event::approve:
        return "approved";
    case rollout::Event::submit:
        return "submitted";
    case rollout::Event::settle:
        return "settled";
    case rollout::Event::finish:
        return "finished";
    case rollout::Event::roll_back:
        return "rolling back";
    case rollout::Event::rolled_back_all:
        return "rolled back";
    }
    return "changed";
}

} // namespace oakum::rollouts
