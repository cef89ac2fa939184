// SPDX-License-Identifier: Apache-2.0
#include <trust/attack.hpp>

#include <array>

namespace oakum::trust {
namespace {

constexpr std::array kAttacks{Attack::unapproved,    Attack::rollback,       Attack::freeze,
                              Attack::mix_and_match, Attack::wrong_hardware, Attack::wrong_device,
                              Attack::replay,        Attack::unlogged,       Attack::split_view};

} // namespace

std::string_view to_string(Attack attack) {
    switch (attack) {
    case Attack::unapproved:
        return "unapproved";
    case Attack::rollback:
        return "rollback";
    case Attack::freeze:
        return "freeze";
    case Attack::mix_and_match:
        return "mix_and_match";
    case Attack::wrong_hardware:
        return "wrong_hardware";
    case Attack::wrong_device:
        return "wrong_device";
    case Attack::replay:
        return "replay";
    case Attack::unlogged:
        return "unlogged";
    case Attack::split_view:
        return "split_view";
    }
    return "?";
}

std::string_view in_words(Attack attack) {
    switch (attack) {
    case Attack::unapproved:
        return "it was not what those who may had signed";
    case Attack::rollback:
        return "it was older than what the device had before";
    case Attack::freeze:
        return "its signed metadata had expired";
    case Attack::mix_and_match:
        return "the director and the list of releases said different things of it";
    case Attack::wrong_hardware:
        return "it was for other hardware";
    case Attack::wrong_device:
        return "it was for another device";
    case Attack::replay:
        return "the permission for it was over";
    case Attack::unlogged:
        return "it was not in the log of what was published";
    case Attack::split_view:
        return "the log of what was published was not the one that the device had seen";
    }
    return "?";
}

base::Result<Attack> parse_attack(std::string_view text) {
    for (const Attack attack : kAttacks)
        if (to_string(attack) == text) return attack;
    return base::invalid("not the name of an attack");
}

} // namespace oakum::trust
