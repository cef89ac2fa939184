// SPDX-License-Identifier: Apache-2.0
#include <updates/agent.hpp>

#include <algorithm>

namespace oakum::updates {

// A folder is verified before anything of it is taken up: what is wrong with it costs no attempt of the
// deployment that it names, and takes the place of nothing.
void Agent::look_at_folder() {
    const auto offer = ports_.carrier->brought();
    if (!offer) return;
    if (offer->deployment == state_.done_deployment && offer->attempt <= state_.done_attempt)
        return ports_.carrier->ended(state_.receipts);
    if (state_.current) {
        const wire::Offer& present = state_.current->offer;
        if (present.deployment == offer->deployment && present.attempt == offer->attempt)
            return ports_.carrier->taken(*offer);
        return ports_.carrier->refused("the update to " + present.release_name + " " +
                                       present.release_version +
                                       " is under way here; try again when it has ended");
    }
    const auto admitted = ports_.carrier->admit(ports_.clock.now());
    if (const auto* no = std::get_if<NotTrusted>(&admitted)) {
        log(base::LogLevel::warning, "a folder was refused: " + no->detail);
        if (no->attack) {
            note_attack(*no->attack, "in a folder that was carried here: " + no->detail);
            if (const auto saved = save(state_); !saved.ok())
                log(base::LogLevel::error, "storing what was refused: " + saved.error().text());
        }
        return ports_.carrier->refused(no->detail);
    }
    state_.current = Current{};
    state_.current->offer = *offer;
    state_.current->order = base::as_text(std::get<base::Bytes>(admitted));
    if (const auto taken = advance(Event::offered); !taken.ok()) {
        state_.current.reset();
        return ports_.carrier->refused("taking it up: " + taken.error().text());
    }
    ports_.carrier->taken(*offer);
}

std::variant<Listed, NotTrusted> Agent::look_up() {
    const base::TimePoint now = ports_.clock.now();
    if (is_carried()) {
        Question carried;
        carried.path = state_.current->offer.target_path;
        carried.device = ports_.carrier->device();
        carried.ask_director = [this] { return ports_.carrier->direction(); };
        const base::ByteView order = base::as_bytes(state_.current->order);
        carried.order.assign(order.begin(), order.end());
        auto found = ports_.carrier->trust().look_up(carried, now);
        const auto* no = std::get_if<NotTrusted>(&found);
        if (no == nullptr || !no->unreachable) return found;
        log(base::LogLevel::warning, "the folder cannot be read, asking the server: " + no->detail);
    }
    return ports_.trust.look_up(question(), now);
}

base::Status Agent::fetch(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                          const Piece& piece) {
    if (!is_carried()) return ports_.repository.artifact(digest, from, to, piece);
    bool any = false;
    auto carried = ports_.carrier->repository().artifact(digest, from, to, [&](base::ByteView bytes) {
        any = true;
        return piece(bytes);
    });
    if (carried.ok() || any) return carried;
    auto fetched = ports_.repository.artifact(digest, from, to, [&](base::ByteView bytes) {
        any = true;
        return piece(bytes);
    });
    return fetched.ok() || any ? std::move(fetched) : std::move(carried);
}

wire::Receipt Agent::receipt(install::State ended, AgentState& from, const std::optional<Image>& runs) const {
    wire::Receipt receipt;
    receipt.device = ports_.carrier->device();
    receipt.time =
        static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(ports_.clock.now()), 0));
    receipt.report = report(ended, from);
    receipt.report.sequence = ++from.sequence;
    if (!runs) return receipt;
    receipt.digest = runs->digest.hex();
    receipt.length = runs->length;
    receipt.counter = runs->counter;
    return receipt;
}

} // namespace oakum::updates
