// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>
#include <base/time.hpp>
#include <risk/support.hpp>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace oakum::assessment {

// Of which devices the makers mend nothing any more; each kind of device is looked at once. Used by one
// thread, with one state of the assessed fleet.
class PastSupport {
  public:
    PastSupport(std::shared_ptr<const risk::SupportEnds> ends, base::TimePoint now)
        : ends_(std::move(ends)), now_(now) {}
    // Why nothing more is to be expected for a device of the model, with what was stated of itself (a day)
    // and what it runs; empty: support goes on, or nobody told.
    const std::string& of(const std::string& model, const std::string& stated,
                          const std::array<const AssessedSet*, 2>& layers) {
        return kind(model, stated, layers).any;
    }
    // The same of the device as a whole: of itself, its model, its system. A library alone can still be
    // replaced.
    const std::string& whole(const std::string& model, const std::string& stated,
                             const std::array<const AssessedSet*, 2>& layers) {
        return kind(model, stated, layers).whole;
    }
    std::string of(const component::Component& component) const;

  private:
    struct Ended {
        std::string whole, any;
    };
    const Ended& kind(const std::string& model, const std::string& stated,
                      const std::array<const AssessedSet*, 2>& layers);
    std::string of_device(const std::string& model, const std::string& stated) const;
    const Ended& of_set(const AssessedSet& set);

    std::shared_ptr<const risk::SupportEnds> ends_;
    base::TimePoint now_;
    std::map<std::tuple<const AssessedSet*, const AssessedSet*, std::string, std::string>, Ended> kinds_;
    std::map<const AssessedSet*, Ended> sets_;
};

} // namespace oakum::assessment
