// SPDX-License-Identifier: Apache-2.0
#include <mender_api/artifact.hpp>

#include <compression/decompressor.hpp>
#include <json/parse.hpp>
#include <tar/header.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace oakum::mender_api {
namespace {

using base::Result;
using base::Status;

constexpr json::Limits kLimits{
    .max_bytes = 256 * 1024, .max_depth = 16, .max_values = 20'000, .floats = true};
constexpr std::size_t kMaxEntries = 4096, kMaxTypes = 1000;

struct Part {
    std::string name;
    std::string_view content;
};

// Walks a tar archive of which only the beginning may be here.
class Walk {
  public:
    explicit Walk(std::string_view bytes) : bytes_(bytes) {}

    // The next file, with as much of it as is here; nothing at the end.
    Result<std::optional<Part>> next() {
        if (++entries_ > kMaxEntries) return base::too_large("an archive of more than 4096 entries");
        if (bytes_.size() - at_ < tar::kBlock) {
            cut_ = cut_ || at_ < bytes_.size();
            return std::optional<Part>();
        }
        tar::Block block;
        std::memcpy(block.data(), bytes_.data() + at_, tar::kBlock);
        at_ += tar::kBlock;
        TRY_VALUE(const auto header, tar::from_block(block));
        if (!header) return std::optional<Part>();
        const std::size_t room = bytes_.size() - at_;
        cut_ = header->size > room;
        Part part{header->name, bytes_.substr(at_, cut_ ? room : static_cast<std::size_t>(header->size))};
        at_ += cut_ ? room : std::min(room, part.content.size() + tar::filling(header->size));
        return std::optional(std::move(part));
    }
    bool cut() const { return cut_; }

  private:
    const std::string_view bytes_;
    std::size_t at_ = 0, entries_ = 0;
    bool cut_ = false;
};

Result<std::vector<std::string>> texts(const json::Value& in, std::string_view name) {
    std::vector<std::string> found;
    TRY_VALUE(const auto list, in.optional_array_at(name, kMaxTypes));
    if (!list) return found;
    for (const json::Value& item : list->items()) {
        TRY_VALUE(std::string text, item.as_string(1024));
        found.push_back(std::move(text));
    }
    return found;
}

Status read_info(std::string_view text, ArtifactHead& head) {
    TRY_VALUE(const json::Value info, json::parse(text, kLimits));
    TRY_VALUE(const json::Value provides, info.object_at("artifact_provides"));
    TRY_VALUE(head.name, provides.string_at("artifact_name", 1024));
    if (const auto group = provides.find("artifact_group"); group && group->is_string())
        head.provides.emplace("artifact_group", std::string(group->text()));
    TRY_VALUE(const json::Value depends, info.object_at("artifact_depends"));
    TRY_VALUE(head.device_types, texts(depends, "device_type"));
    for (const char* name : {"artifact_name", "artifact_group"}) {
        TRY_VALUE(std::vector<std::string> values, texts(depends, name));
        if (!values.empty()) head.depends.emplace(name, std::move(values));
    }
    TRY_VALUE(const auto payloads, info.optional_array_at("payloads", kMaxTypes));
    if (payloads)
        for (const json::Value& payload : payloads->items())
            if (const auto type = payload.find("type"); type && type->is_string())
                head.update_modules.emplace_back(type->text());
    return {};
}

Status read_type_info(std::string_view text, ArtifactHead& head) {
    TRY_VALUE(const json::Value info, json::parse(text, kLimits));
    TRY_VALUE(const auto provides, info.optional_object_at("artifact_provides", kMaxTypes));
    if (provides)
        for (const json::Value& member : provides->items())
            if (member.is_string())
                head.provides.emplace(std::string(member.key()), std::string(member.text()));
    TRY_VALUE(const auto depends, info.optional_object_at("artifact_depends", kMaxTypes));
    if (!depends) return {};
    for (const json::Value& member : depends->items()) {
        // One value, or a list of them.
        std::vector<std::string> values;
        if (member.is_array())
            for (const json::Value& item : member.items()) {
                TRY_VALUE(std::string one, item.as_string(1024));
                values.push_back(std::move(one));
            }
        else if (member.is_string())
            values.emplace_back(member.text());
        if (values.empty() || values.size() > kMaxTypes ||
            !head.depends.emplace(member.key(), std::move(values)).second)
            return member.wrong("a text or a list of texts is needed, once");
    }
    return {};
}

Status read_header(std::string_view archive, ArtifactHead& head) {
    Walk walk(archive);
    bool first = true;
    for (;;) {
        TRY_VALUE(const auto part, walk.next());
        if (!part) break;
        if (first && part->name != "header-info")
            return base::corrupt("the header of the artifact does not begin with header-info");
        first = false;
        if (part->name == "header-info") {
            TRY(read_info(part->content, head));
        } else if (part->name.starts_with("headers/") && part->name.ends_with("/type-info")) {
            TRY(read_type_info(part->content, head));
        }
    }
    if (first || walk.cut()) return base::corrupt("the header of the artifact is cut off");
    return {};
}

Status read_version(std::string_view text) {
    TRY_VALUE(const json::Value version, json::parse(text, kLimits));
    TRY_VALUE(const std::string format, version.string_at("format", 64));
    TRY_VALUE(const std::int64_t number, version.int_at("version"));
    if (format != "mender" || number != 3)
        return base::invalid("an artifact of Mender's format, version 3, is needed; this is " + format + " " +
                             std::to_string(number));
    return {};
}

} // namespace

bool is_artifact(std::string_view beginning) {
    return beginning.size() >= tar::kBlock && beginning.starts_with(std::string_view("version\0", 8)) &&
           beginning.substr(257, 5) == "ustar";
}

Result<ArtifactHead> read_artifact_head(std::string_view beginning) {
    Walk walk(beginning);
    TRY_VALUE(const auto version, walk.next());
    if (!version || version->name != "version") return base::corrupt("this is no Mender artifact");
    TRY(read_version(version->content));
    ArtifactHead head;
    for (;;) {
        TRY_VALUE(const auto part, walk.next());
        if (!part) break;
        if (part->name == "manifest.sig") head.is_signed = true;
        if (!part->name.starts_with("header.tar")) continue;
        if (walk.cut()) return base::too_large("the header of the artifact");
        if (part->name != "header.tar" && part->name != "header.tar.gz")
            return base::invalid("the header of the artifact is packed as " + part->name +
                                 "; gzip is what every client reads (mender-artifact --compression gzip)");
        TRY_VALUE(const base::Bytes plain,
                  compression::decompress(base::as_bytes(part->content),
                                          {.max_output = 4 << 20, .max_ratio = 1000}));
        TRY(read_header(base::as_text(plain), head));
        if (head.name.empty()) return base::invalid("the artifact has no name");
        if (head.device_types.empty()) return base::invalid("the artifact names no device type");
        return head;
    }
    return base::corrupt("the artifact has no header");
}

} // namespace oakum::mender_api
