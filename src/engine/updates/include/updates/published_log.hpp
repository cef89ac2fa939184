// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/sight.hpp>
#include <updates/ports.hpp>

namespace oakum::updates {

// What a device makes of the log of what was published (docs/log.md), where the root names one: nothing is
// installed that does not stand in it, and a log that is not the one that was seen before is believed no
// more. Borrows its ports.
class PublishedLog {
  public:
    // In `keep`: no role's file has this name.
    static constexpr std::string_view kCheckpoint = "+log.checkpoint";

    PublishedLog(Repository& repository, Keep& keep) : repository_(repository), keep_(keep) {}

    // Nothing: the file stands in the log, as the signed list has it, and the log goes on from what was kept.
    std::optional<NotTrusted> check(const trust::Root& root, const std::string& path,
                                    const trust::TargetFile& file);

  private:
    struct Keys {
        std::vector<base::Bytes> keys;
        unsigned threshold = 1;
    };
    base::Result<base::Bytes> fetch(const std::string& name, std::size_t most);
    std::optional<NotTrusted> follow(const Keys& keys, transparency::Sight& sight);
    std::optional<NotTrusted> is_in(const transparency::Sight& sight, const std::string& path,
                                    const trust::TargetFile& file);
    transparency::Nodes nodes(const transparency::Sight& sight);

    Repository& repository_;
    Keep& keep_;
};

} // namespace oakum::updates
