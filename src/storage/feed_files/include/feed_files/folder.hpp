// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/feed_files.hpp>

#include <atomic>
#include <filesystem>

namespace oakum::feed_files {

// DIR/feeds/kept/NAME, DIR/feeds/incoming/N, DIR/advisories.oadb; DIR/feeds/not-compiled while a kept feed is
// not in it. Names are plain file names.
class FolderFeedFiles final : public ports::FeedFiles {
  public:
    // Makes the folders and removes incoming files that a crash left. Errors: unavailable.
    static base::Result<std::unique_ptr<FolderFeedFiles>> open(std::filesystem::path data,
                                                               std::uint64_t largest_feed);

    base::Result<std::unique_ptr<ports::IncomingFeed>> begin() override;
    base::Result<std::vector<std::string>> kept() override;
    base::Status read(const std::string& name,
                      const std::function<base::Status(base::ByteView)>& piece) override;
    base::Status keep(const std::string& incoming, const std::string& name) override;
    base::Status discard(const std::string& incoming) override;
    base::Status replace_compiled(base::ByteView bytes) override;
    bool kept_since_compiled() override;
    base::Result<std::shared_ptr<const ports::CompiledAdvisories>> compiled() override;

  private:
    FolderFeedFiles(std::filesystem::path data, std::uint64_t largest)
        : data_(std::move(data)), largest_(largest) {}
    base::Result<std::filesystem::path> path_of(const std::string& name) const;

    const std::filesystem::path data_;
    const std::uint64_t largest_;
    std::atomic<std::uint64_t> next_{1};
};

} // namespace oakum::feed_files
