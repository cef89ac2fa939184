// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/id.hpp>
#include <base/time.hpp>
#include <device/ids.hpp>
#include <json/writer.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

// Encoders of the API's values: one `write` a type, found by its first argument.
namespace oakum::api {

struct Out {
    explicit Out(std::string& text) : w(text) {}
    json::Writer w;
    template <class T> Out& operator()(std::string_view name, const T& value) {
        w.key(name);
        write(*this, value);
        return *this;
    }
};

inline void write(Out& o, const std::string& text) {
    o.w.value(text);
}
inline void write(Out& o, std::string_view text) {
    o.w.value(text);
}
inline void write(Out& o, bool truth) {
    o.w.value(truth);
}
inline void write(Out& o, double number) {
    o.w.value(number);
}
template <std::integral T>
    requires(!std::same_as<T, bool>)
void write(Out& o, T number) {
    o.w.value(number);
}
inline void write(Out& o, base::TimePoint at) {
    o.w.value(base::to_iso8601(at));
}
inline void write(Out& o, const base::Digest256& digest) {
    o.w.value(digest.hex());
}
inline void write(Out& o, const device::SetId& set) {
    o.w.value(set.get().hex());
}
template <class Tag> void write(Out& o, const base::Id<Tag>& id) {
    o.w.value(id.text());
}
template <class E>
    requires std::is_enum_v<E>
void write(Out& o, E word) {
    o.w.value(to_string(word));
}
template <class T> void write(Out& o, const std::optional<T>& value) {
    if (value)
        write(o, *value);
    else
        o.w.null();
}
template <class T> void write(Out& o, const std::vector<T>& values) {
    o.w.begin_array();
    for (const T& value : values)
        write(o, value);
    o.w.end_array();
}
inline void write(Out& o, const std::map<std::string, std::string>& values) {
    o.w.begin_object();
    for (const auto& [key, value] : values)
        o.w.member(key, value);
    o.w.end_object();
}

template <class Fields> void object(Out& o, Fields fields) {
    o.w.begin_object();
    fields();
    o.w.end_object();
}

template <class T> std::string to_json(const T& value) {
    std::string text;
    Out o(text);
    write(o, value);
    return text;
}

} // namespace oakum::api
