// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/feed_files.hpp>

#include <atomic>
#include <filesystem>

namespace oakum::feed_files {

// DIR/feeds/kept/NAME, DIR/feeds/incoming/N, DIR/feeds/partial/NAME with its note beside it,
// DIR/feeds/epss-history, DIR/advisories.oadb; DIR/feeds/not-compiled while a kept feed is not in it. Names
// are plain file names.
class FolderFeedFiles final : public ports::FeedFiles {
  public:
    // Makes the folders. Errors: unavailable.
    static base::Result<std::unique_ptr<FolderFeedFiles>> open(std::filesystem::path data,
                                                               std::uint64_t largest_feed);

    base::Result<std::unique_ptr<ports::IncomingFeed>> begin() override;
    base::Result<std::unique_ptr<ports::PartialFeed>> resume(const std::string& name) override;
    base::Status forget_partial_except(const std::vector<std::string>& names) override;
    base::Result<std::uint64_t> room() override;
    base::Result<std::vector<std::string>> kept() override;
    base::Status read(const std::string& name,
                      const std::function<base::Status(base::ByteView)>& piece) override;
    base::Status keep(const std::string& incoming, const std::string& name) override;
    base::Status discard(const std::string& incoming) override;
    base::Status replace_compiled(base::ByteView bytes) override;
    base::Result<base::Bytes> scores() override;
    base::Status replace_scores(base::ByteView bytes) override;
    bool kept_since_compiled() override;
    base::Result<std::shared_ptr<const ports::CompiledAdvisories>> compiled() override;

  private:
    FolderFeedFiles(std::filesystem::path data, std::uint64_t largest)
        : data_(std::move(data)), largest_(largest) {}
    base::Result<std::filesystem::path> path_of(const std::string& name) const;
    std::filesystem::path next_incoming();

    const std::filesystem::path data_;
    const std::uint64_t largest_;
    std::atomic<std::uint64_t> next_{1};
};

} // namespace oakum::feed_files
