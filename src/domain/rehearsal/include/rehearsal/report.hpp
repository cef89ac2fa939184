// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/assembly.hpp>
#include <rehearsal/figures.hpp>

#include <string>
#include <vector>

namespace oakum::rehearsal {

// The devices that a rehearsal was played on.
struct Fleet {
    bool synthetic = false;
    std::uint64_t in_scope = 0; // of the plan, when they are real
    std::uint64_t asked = 0;    // of those, that the rollout would ask
    std::uint64_t read = 0;     // of those, that were looked at; each stands for as many as there are
    Notes notes;
};

// One plan, rehearsed.
struct Report {
    std::string name, release; // "spring", "gateway@1.5.0"
    Setting setting;
    Conditions conditions; // the seed is that of the first run
    Fleet fleet;
    Figures figures;
    std::vector<BadRelease> bad;
    std::vector<std::string> warnings; // what else has to be known of it

    // Plays the scene, which was made of the setting; a bad release for each rate of `bad_rates`. False: it
    // was stopped, and there is nothing to tell.
    bool play(const Scene& scene, std::uint32_t runs, const Stop& stop = {});
};

// ---- words
// "40 s", "35 min", "5.5 h", "2.1 days"
std::string in_words(double seconds);
// What it came to, in one sentence.
std::string sentence(const Report& report);
// Of each wave: whether its gate can prove its release good enough, and what follows where it cannot.
std::string gate_words(const rollout::Wave& wave, const Figures::Wave& figures);
// What to mind of this fleet and this plan, and what had to be assumed, a sentence each.
std::vector<std::string> warnings(const Report& report);
std::vector<std::string> assumptions(const Report& report);

} // namespace oakum::rehearsal
