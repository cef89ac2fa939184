// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

namespace oakum::api {

std::string not_in_our_data(const std::string& id, const std::optional<base::TimePoint>& newest_record) {
    return id + " is not in our data; " +
           (newest_record ? "its newest record is of " + base::to_date(*newest_record)
                          : "no advisories were imported yet") +
           ". Nothing can be said about it.";
}

void write(Out& o, const search::Hit& v) {
    object(o, [&] { o("kind", v.kind)("match", v.match)("id", v.id)("title", v.title)("detail", v.detail); });
}
void write(Out& o, const SearchResults::NotHeld& v) {
    object(o, [&] { o("id", v.id)("newest_record", v.newest_record)("sentence", v.sentence); });
}
void write(Out& o, const SearchResults& v) {
    object(o, [&] { o("items", v.items)("left_out", v.left_out)("not_held", v.not_held); });
}

void search(Context& context, Call call) {
    OR_PROBLEM(text, text_parameter(call, "q", 256));
    OR_PROBLEM(wanted, search::Wanted::parse(*text));
    context.services.search.search(call.actor(), std::move(*wanted), answer_json<SearchResults>(call));
}

} // namespace oakum::api
