// SPDX-License-Identifier: Apache-2.0
#include <floors/catalogue.hpp>

#include <compression/decompressor.hpp>
#include <floor_files/apple_list.hpp>

namespace oakum::floors {
namespace {

constexpr std::string_view kPrefix = "apple";

base::Result<floor::Offered> list_in(ports::FeedFiles& files, const std::string& name) {
    std::string text;
    const compression::Decompressor::Sink take = [&](base::ByteView piece) -> base::Status {
        text += base::as_text(piece);
        if (text.size() > floor_files::kLargestAppleList) return base::too_large("more than such a list has");
        return {};
    };
    compression::Decompressor unpack;
    TRY(files.read(name, [&](base::ByteView piece) { return unpack.feed(piece, take); }));
    TRY(unpack.finish(take));
    return floor_files::read_apple_list(text);
}

} // namespace

void Catalogue::read() {
    const auto names = files_.kept();
    if (!names.ok()) {
        log_.write(base::LogLevel::warning, "floor",
                   "what Apple offers could not be read: " + names.error().text());
        return;
    }
    std::shared_ptr<const floor::Offered> best;
    for (const std::string& name : *names) {
        if (!name.starts_with(kPrefix)) continue;
        // Other lists of Apple's are kept under such names too.
        auto list = list_in(files_, name);
        if (list.ok() && (!best || best->as_of() < list->as_of()))
            best = std::make_shared<const floor::Offered>(*std::move(list));
    }
    if (best) offered_.store(std::move(best));
}

} // namespace oakum::floors
