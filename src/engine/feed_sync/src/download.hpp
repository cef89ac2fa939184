// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feed_sync/walk.hpp>

#include <functional>

namespace oakum::feed_sync {

struct Failed {
    std::string why;
    std::optional<base::Duration> retry_after;
};

// What names a version of a file, and whether all of it is here.
struct Version {
    std::string url, etag, last_modified;
    bool complete = false;
};

// A file with what it is called in `Tools::files`, resumed where it was cut. `held`: what is held already.
// Says what it is; nothing: it is what is held. Tried several times.
struct Wanted {
    std::string url;
    std::string download; // its name among the downloads
    std::string told;     // what people are told is fetched
    std::string etag, last_modified;
    std::optional<std::pair<std::string, std::string>> key;
};
base::Result<std::optional<Version>> download(Tools& tools, const Wanted& wanted, Failed& failed);

// The same into memory, of at most so many bytes, unpacked where it came packed.
base::Result<std::string> download_text(Tools& tools, const Wanted& wanted, std::uint64_t largest,
                                        Failed& failed);

std::uint32_t dice(Tools& tools);
// A part's name as that of a download.
std::string download_name(std::string_view part);
// The last piece of the path.
std::string file_name_of(std::string_view url);

// The walks, by how a source is read.
void walk_files(Tools& tools, const source::Source& source, const SourceState& held, Walked& walked);
void walk_nvd(Tools& tools, const source::Source& source, const SourceState& held, Walked& walked);
void walk_cve(Tools& tools, const source::Source& source, const SourceState& held, Walked& walked);
void walk_csaf(Tools& tools, const source::Source& source, const SourceState& held, Walked& walked);
// What the walks of one part have in common: `run` fetches, given what is held, and says whether it could.
using WalkPart = std::function<base::Status(const PartState* held, Fetched& fetched, Failed& failed)>;
void walk_part(const source::Source& source, const SourceState& held, std::string file_name, Walked& walked,
               const WalkPart& run);
// Whether what is held of a part is still there, so that changes may be added to it.
bool is_here(Tools& tools, const PartState* held);
// Adds a failure, and the wait that was asked for.
void fail(Walked& walked, Fetched part, const Failed& failed);

} // namespace oakum::feed_sync
