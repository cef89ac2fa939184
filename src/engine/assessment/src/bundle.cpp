// SPDX-License-Identifier: Apache-2.0
#include "import.hpp"

#include <feed_bundle/reader.hpp>

namespace oakum::assessment {
namespace {

constexpr std::size_t kHead = 512;

} // namespace

base::Result<bool> is_bundle(ports::FeedFiles& files, const std::string& incoming) {
    base::Bytes head;
    const base::Status read = files.read(incoming, [&](base::ByteView piece) -> base::Status {
        head.insert(head.end(), piece.begin(),
                    piece.begin() + static_cast<std::ptrdiff_t>(std::min(piece.size(), kHead - head.size())));
        return head.size() < kHead ? base::Status() : base::Status(base::conflict("enough was read"));
    });
    if (!read.ok() && head.size() < kHead) {
        if (read.error().kind == base::ErrorKind::not_found) return false; // kept before an interruption
        return read.error();
    }
    return feed_bundle::is_bundle(head);
}

base::Result<std::vector<Arrival>> unpack_bundle(ports::FeedFiles& files, const std::string& incoming) {
    std::vector<Arrival> arrivals;
    std::unique_ptr<ports::IncomingFeed> file;
    feed_bundle::Reader reader({[&](const feed_bundle::Entry&) -> base::Status {
                                    TRY_VALUE(file, files.begin());
                                    return {};
                                },
                                [&](base::ByteView piece) { return file->write(piece); },
                                [&](const feed_bundle::Entry& entry) -> base::Status {
                                    TRY_VALUE(std::string name, file->finish());
                                    arrivals.push_back(
                                        {std::move(name), entry.name, entry.part, entry.kind, std::nullopt});
                                    file.reset();
                                    return {};
                                }});
    base::Status whole = files.read(incoming, [&](base::ByteView piece) { return reader.feed(piece); });
    if (whole.ok()) whole = reader.finish();
    if (whole.ok()) return arrivals;
    for (const Arrival& arrival : arrivals)
        if (const base::Status dropped = files.discard(arrival.incoming); !dropped.ok())
            return base::Error(whole.error()).wrap(dropped.error().message);
    return std::move(whole).error();
}

} // namespace oakum::assessment
