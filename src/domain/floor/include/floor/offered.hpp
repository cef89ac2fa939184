// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::floor {

// A release of Apple's, with the models that it is offered to ("iPhone16,1").
struct AppleRelease {
    std::string version;
    base::TimePoint released{};
    std::vector<std::string> models; // empty: not stated
};

// What Apple's own list offers to which model. Immutable; any thread.
class Offered {
  public:
    struct Release {
        std::string version;
        std::string key; // by which versions compare
        base::TimePoint released{};
    };

    Offered() = default; // nothing is known
    // `names`: what people call each model, by its id. Releases whose version cannot be read are left out; a
    // release that is listed twice, as forked builds are, is offered to the models of both.
    Offered(const std::vector<AppleRelease>& releases, const std::map<std::string, std::string>& names,
            base::TimePoint as_of);

    bool empty() const { return releases_.empty(); }
    base::TimePoint as_of() const { return as_of_; }
    const Release* find(std::string_view version) const;
    // The newest of all. Null: nothing is known.
    const Release* newest() const;

    // By its id, or by what people call it ("iPhone 15 Pro", "iPad mini (6th generation)"); where a name
    // means several models, what is offered to all of them.
    struct Model {
        bool known = false;
        const Release* newest = nullptr; // null, and known: it is offered nothing any more
    };
    Model model(std::string_view name) const;
    // Of the releases newer than that key that the model is offered, the one that came first. Null: none.
    const Release* first_after(std::string_view name, std::string_view key) const;

  private:
    std::vector<std::string> ids_of(std::string_view name) const;

    std::vector<Release> releases_;                          // rising
    std::map<std::string, std::vector<std::size_t>> models_; // by id: what it is offered, rising
    std::map<std::string, std::vector<std::string>, std::less<>>
        names_; // of ids, as letters and digits alone
    base::TimePoint as_of_{};
};

} // namespace oakum::floor
