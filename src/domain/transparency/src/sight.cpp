// SPDX-License-Identifier: Apache-2.0
#include <transparency/sight.hpp>

namespace oakum::transparency {

std::variant<Meeting, Conflict> meet(const std::optional<Sight>& kept, const Sight& shown) {
    using Kind = Conflict::Kind;
    if (!kept) return Meeting::first;
    if (kept->log != shown.log)
        return Conflict{Kind::split, "it is the log " + shown.log + ", and before it was " + kept->log};
    if (shown.epoch < kept->epoch)
        return Conflict{Kind::older, "it began at " + std::to_string(shown.epoch) +
                                         ", and one that began later, at " + std::to_string(kept->epoch) +
                                         ", was seen already"};
    if (shown.epoch > kept->epoch) return Meeting::begun_anew;
    if (shown.size < kept->size)
        return Conflict{Kind::older, "it has " + std::to_string(shown.size) + " entries, and had " +
                                         std::to_string(kept->size) + " before"};
    if (shown.size > kept->size) return Meeting::grown;
    if (shown.root == kept->root) return Meeting::same;
    return Conflict{Kind::split, "its " + std::to_string(shown.size) + " entries are others than before"};
}

} // namespace oakum::transparency
