// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <intake/check.hpp>

#include <array>
#include <map>

namespace oakum::intake {

// Which checks are asked of every release.
class Policy {
  public:
    Policy(); // as the rules say when nobody decided
    // Everything is asked: of what was decided and cannot be read, nothing may be let go.
    static Policy strictest();
    bool asks(Check check) const { return asked_[static_cast<std::size_t>(check)]; }
    // Errors: invalid, at the check's name (it is always asked).
    base::Result<Policy> with(const std::map<Check, bool>& changes) const;
    bool operator==(const Policy&) const = default;

  private:
    std::array<bool, kCheckCount> asked_{};
};

} // namespace oakum::intake
