// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/standing.hpp>

#include <filesystem>
#include <optional>

namespace oakum::agent {

// DIR/standing.json: what the running agent knows, for `status` and `doctor`. Flash wears: it is written when
// something changed, else once in ten minutes, and nothing waits for the medium. It may be lost.
class Noticeboard {
  public:
    explicit Noticeboard(const std::filesystem::path& folder);
    void show(updates::Standing standing, base::Duration now);

  private:
    std::filesystem::path file_;
    std::optional<updates::Standing> shown_;
    std::optional<base::TimePoint> answered_; // in an earlier life
    base::Duration written_{};
};

// Nothing when there is none that can be read.
std::optional<updates::Standing> read_standing(const std::filesystem::path& folder);

} // namespace oakum::agent
