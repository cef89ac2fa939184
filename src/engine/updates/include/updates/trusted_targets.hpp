// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/client.hpp>
#include <trust/reader.hpp>
#include <updates/ports.hpp>

namespace oakum::updates {

// The Trust port over TUF metadata: each look-up brings the whole chain up to date (root, timestamp,
// snapshot, targets, delegations), verifies it against what was trusted before, and keeps the bytes. Where
// the root names a log, the file has to stand in it; where it names a director, its word for this device has
// to agree (Uptane's full verification). Borrows its ports.
class TrustedTargets final : public Trust {
  public:
    // `keep` holds nothing else; "root.json" is in it since enrolment.
    TrustedTargets(Repository& repository, Keep& keep, const trust::Reader& reader)
        : repository_(repository), keep_(keep), reader_(reader) {}
    std::variant<Listed, NotTrusted> look_up(const Question& question, base::TimePoint now) override;
    // Brings the top of the chain up to date without looking for anything. Nothing: it is.
    std::optional<NotTrusted> refresh(base::TimePoint now);
    // What an order asks, whoever made it. Errors: invalid, denied (it is for another device).
    base::Result<wire::Offer> peek(base::ByteView order, std::string_view device) const;

  private:
    using Outcome = std::variant<std::monostate, trust::Found, trust::NotListed, NotTrusted>;
    Outcome follow(trust::Client& client, trust::Step step);
    std::variant<Listed, NotTrusted> decide(const trust::Client& client, const Outcome& outcome,
                                            const Question& question,
                                            const std::optional<base::Bytes>& direction, base::TimePoint now);
    std::variant<Listed, NotTrusted> direct(const trust::Root& root, const Question& question,
                                            const std::optional<trust::TargetFile>& image,
                                            const std::optional<base::Bytes>& stored, base::TimePoint now);
    Repository& repository_;
    Keep& keep_;
    const trust::Reader& reader_;
};

} // namespace oakum::updates
