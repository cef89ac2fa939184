// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/check.hpp>
#include <intake/signer.hpp>

#include <array>
#include <map>
#include <vector>

namespace oakum::intake {

// Which checks are asked of every release, and whose signatures count.
class Policy {
  public:
    Policy(); // as the rules say when nobody decided
    // Everything is asked: of what was decided and cannot be read, nothing may be let go.
    static Policy strictest();
    bool asks(Check check) const { return asked_[static_cast<std::size_t>(check)]; }
    // Errors: invalid, at the check's name (it is always asked).
    base::Result<Policy> with(const std::map<Check, bool>& changes) const;
    // In the order of their names. Errors of with: invalid at the signer's field, conflict (kMostSigners are
    // there); of without: not_found.
    const std::vector<Signer>& signers() const { return signers_; }
    base::Result<Policy> with(Signer signer) const; // in the place of the one of its name
    base::Result<Policy> without(std::string_view signer) const;
    bool operator==(const Policy&) const = default;

  private:
    std::array<bool, kCheckCount> asked_{};
    std::vector<Signer> signers_;
};

} // namespace oakum::intake
