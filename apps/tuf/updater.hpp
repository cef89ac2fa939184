// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "folder.hpp"

#include <metadata/reader.hpp>
#include <outbound/fetcher.hpp>
#include <trust/client.hpp>

#include <filesystem>
#include <string>

namespace oakum::tuf {

// A root that somebody brought from a trusted place becomes what the folder trusts. It has to be signed by
// itself; whether it has expired is asked at the refresh. Errors: invalid, denied, conflict (another root is
// trusted there).
base::Status initialise(const Folder& folder, base::ByteView root, base::TimePoint now);

// The client's workflow over HTTP and one folder, with one `now` for all of it. Blocking, one thread.
class Updater {
  public:
    Updater(const Folder& folder, std::string metadata_url, base::TimePoint now);

    // Errors: what the workflow or the network refused, in words for people.
    base::Status begin();
    base::Status refresh();
    // Refreshes first when that was not done. True: it was fetched; false: what is there already is the one.
    base::Result<bool> download(const std::string& path, std::string base_url,
                                const std::filesystem::path& into);

  private:
    base::Result<trust::Step> drive(trust::Step step);
    base::Result<trust::Step> answer(const trust::Fetch& fetch);

    const Folder& folder_;
    const std::string url_;
    const base::TimePoint now_;
    metadata::JsonReader reader_;
    outbound::CurlFetcher metadata_fetcher_, target_fetcher_;
    std::optional<trust::Client> client_;
};

} // namespace oakum::tuf
