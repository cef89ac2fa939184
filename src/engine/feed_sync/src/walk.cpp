// SPDX-License-Identifier: Apache-2.0
#include "download.hpp"

#include <algorithm>

namespace oakum::feed_sync {

using source::Source;
using source::Walk;

void fail(Walked& walked, Fetched part, const Failed& failed) {
    part.failed = failed.why;
    if (failed.retry_after)
        walked.retry_after = std::max(walked.retry_after.value_or(base::Duration()), *failed.retry_after);
    walked.parts.push_back(std::move(part));
}

void walk_part(const Source& source, const SourceState& held, std::string file_name, Walked& walked,
               const WalkPart& run) {
    Fetched fetched;
    fetched.part = source.name;
    fetched.url = source.url;
    fetched.file_name = std::move(file_name);
    const auto before = held.parts.find(fetched.part);
    Failed failed;
    if (const base::Status done =
            run(before == held.parts.end() ? nullptr : &before->second, fetched, failed);
        !done.ok()) {
        failed.why = done.error().message;
        return fail(walked, std::move(fetched), failed);
    }
    walked.parts.push_back(std::move(fetched));
}

bool is_here(Tools& tools, const PartState* held) {
    if (held == nullptr || held->kept.empty()) return false;
    const auto kept = tools.files.kept();
    return kept.ok() && std::ranges::find(*kept, held->kept) != kept->end();
}

namespace {

const PartState* part_of(const SourceState& state, const std::string& part) {
    const auto found = state.parts.find(part);
    return found == state.parts.end() ? nullptr : &found->second;
}

// What is still named is gone on with; the rest of what was cut off is let go of.
void walk_file(Tools& tools, const Source& source, const std::string& name, const SourceState& held,
               Walked& walked) {
    Fetched fetched;
    fetched.part = source::part_name(source, name);
    fetched.url = source::part_url(source, name);
    fetched.file_name = file_name_of(fetched.url);
    const PartState* before = part_of(held, fetched.part);
    Wanted wanted;
    wanted.url = fetched.url;
    wanted.download = download_name(fetched.part);
    wanted.told = fetched.part;
    if (!source.key.empty()) wanted.key = {"Authorization", "Bearer " + source.key};
    if (before != nullptr && before->url == fetched.url && is_here(tools, before)) {
        wanted.etag = before->etag;
        wanted.last_modified = before->last_modified;
    }
    Failed failed;
    const auto version = download(tools, wanted, failed);
    if (!version.ok()) {
        failed.why = version.error().message;
        return fail(walked, std::move(fetched), failed);
    }
    if (!*version) {
        fetched.same = true;
        fetched.state = *before;
        walked.parts.push_back(std::move(fetched));
        return;
    }
    auto file = tools.files.resume(wanted.download);
    auto incoming = file.ok() ? (*file)->finish() : base::Result<std::string>(file.error());
    if (!incoming.ok()) return fail(walked, std::move(fetched), {incoming.error().message, std::nullopt});
    fetched.incoming = *std::move(incoming);
    fetched.state.url = fetched.url;
    fetched.state.etag = (*version)->etag;
    fetched.state.last_modified = (*version)->last_modified;
    walked.parts.push_back(std::move(fetched));
}

} // namespace

void walk_files(Tools& tools, const Source& source, const SourceState& held, Walked& walked) {
    if (source.parts.empty()) return walk_file(tools, source, "", held, walked);
    for (std::size_t i = 0; i < source.parts.size() && !tools.stopped(); ++i) {
        if (i > 0 && source.pause.count() > 0) tools.pause(source.pause);
        walk_file(tools, source, source.parts[i], held, walked);
    }
}

Walked walk(Tools& tools, const Source& source, const SourceState& held) {
    Walked walked;
    switch (source.walk) {
    case Walk::files:
        walk_files(tools, source, held, walked);
        break;
    case Walk::nvd_api:
        walk_nvd(tools, source, held, walked);
        break;
    case Walk::cve_releases:
        walk_cve(tools, source, held, walked);
        break;
    case Walk::csaf_provider:
        walk_csaf(tools, source, held, walked);
        break;
    }
    return walked;
}

base::Result<std::string> try_out(Tools& tools, const Source& source) {
    ports::FetchWish wish;
    wish.url = source::part_url(source, source.parts.empty() ? "" : source.parts.front());
    if (source.walk == Walk::nvd_api) wish.url += "?resultsPerPage=1";
    if (source.walk == Walk::cve_releases) wish.url += "?per_page=1";
    if (!source.key.empty())
        wish.key = source.walk == Walk::nvd_api
                       ? std::pair<std::string, std::string>("apiKey", source.key)
                       : std::pair<std::string, std::string>("Authorization", "Bearer " + source.key);
    wish.largest = tools.largest;
    ports::FetchAnswer begun;
    bool enough = false;
    const auto answer = tools.fetcher.fetch(wish, {[&](const ports::FetchAnswer& given) -> base::Status {
                                                       begun = given;
                                                       return {};
                                                   },
                                                   [&](base::ByteView) -> base::Status {
                                                       enough = true;
                                                       return base::conflict("enough was seen");
                                                   },
                                                   tools.stopped});
    if (!answer.ok() && !enough) return answer.error();
    if (answer.ok() && answer->status != 200) {
        Failed failed;
        return base::unavailable("it answered with status " + std::to_string(answer->status));
    }
    std::string text = "it answers";
    if (begun.length) text += " with " + std::to_string(*begun.length) + " bytes";
    if (!begun.last_modified.empty()) text += ", changed " + begun.last_modified;
    return text;
}

} // namespace oakum::feed_sync
