// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <base/digest.hpp>
#include <component/cpe.hpp>
#include <component/purl.hpp>

#include <algorithm>
#include <array>

namespace oakum::sbom {
namespace {

constexpr std::size_t max_warnings = 100;
constexpr std::array<std::string_view, 6> package_types{"deb", "rpm", "apk", "opkg", "ipk", "alpm"};

} // namespace

Status Builder::count() {
    if (++met_ > limits_.max_components)
        return base::too_large("more than " + std::to_string(limits_.max_components) + " components");
    return {};
}

void Builder::add(Component component) {
    if (known_.insert(component).second) document_.components.push_back(std::move(component));
}

Status Builder::add(Statement statement) {
    const std::string key = statement.advisory + '\n' + statement.component_name + '\n' +
                            std::to_string(static_cast<int>(statement.status)) + '\n' +
                            statement.version.value_or("") + '\n' + statement.purl.value_or("");
    if (!said_.insert(key).second) return {};
    if (said_.size() > limits_.max_statements)
        return base::too_large("more than " + std::to_string(limits_.max_statements) + " statements");
    document_.statements.push_back(std::move(statement));
    return {};
}

Status Builder::add(Linked linked) {
    if (document_.linked.size() >= limits_.max_statements)
        return base::too_large("more than " + std::to_string(limits_.max_statements) + " statements");
    document_.linked.push_back(std::move(linked));
    return {};
}

void Builder::warn(const json::Value& where, std::string_view what) {
    ++document_.warned;
    if (document_.warnings.size() < max_warnings)
        document_.warnings.push_back(where.place() + ": " + std::string(what));
}

std::string Builder::purl(const json::Value& where, const std::string& text) {
    const auto parsed = component::Purl::parse(text);
    if (parsed.ok()) return parsed->text();
    warn(where, "the purl is not used: " + parsed.error().message);
    return {};
}

std::string Builder::cpe(const json::Value& where, const std::string& text) {
    const auto parsed = component::Cpe::parse(text);
    if (parsed.ok()) return parsed->text();
    warn(where, "the CPE name is not used: " + parsed.error().message);
    return {};
}

Kind refined(Kind stated, const Component& component) {
    if (component.cpe.starts_with("cpe:2.3:o:linux:linux_kernel:") ||
        component.cpe.starts_with("cpe:2.3:*:*:linux_kernel:") || component.name == "linux" ||
        component.name == "linux-kernel")
        return Kind::kernel;
    // "o:vendor:camera_firmware" given for the camera itself.
    if (stated == Kind::hardware && !component.cpe.empty() && !component.cpe.starts_with("cpe:2.3:h:"))
        return Kind::firmware;
    const auto managed = [&](std::string_view type) {
        return component.purl.starts_with("pkg:" + std::string(type) + "/");
    };
    const bool part = stated == Kind::library || stated == Kind::application;
    if (part && std::any_of(package_types.begin(), package_types.end(), managed)) return Kind::package;
    return stated;
}

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && space(text.back()))
        text.remove_suffix(1);
    return text;
}

Status add_files(const json::Value& thing, std::string_view list, std::string_view algorithm,
                 std::string_view value, SbomDocument& out) {
    TRY_VALUE(const std::optional<json::Value> digests, thing.optional_array_at(list));
    if (!digests) return {};
    for (const json::Value& digest : digests->items()) {
        const std::optional<json::Value> kind = digest.find(algorithm), text = digest.find(value);
        if (!kind || !text || (kind->text() != "SHA-256" && kind->text() != "SHA256")) continue;
        const auto file = base::Digest256::parse(text->text());
        if (file.ok() && std::ranges::find(out.files, file->hex()) == out.files.end() &&
            out.files.size() < max_files)
            out.files.push_back(file->hex());
    }
    return {};
}

namespace {

bool is_plain(std::string_view text, std::string_view others) {
    return !text.empty() && text.size() <= 256 && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

} // namespace

std::string with_source(std::string purl, std::string_view name, std::string_view version) {
    if (!is_plain(name, ".+_-")) return purl;
    auto read = component::Purl::parse(purl);
    if (!read.ok() || (read->type != "deb" && read->type != "rpm" && read->type != "apk") ||
        !read->qualifier("upstream").empty())
        return purl;
    const auto epoch = read->qualifier("epoch");
    const auto own = epoch.empty() || epoch == "0" ? read->version : std::string(epoch) + ":" + read->version;
    const bool same = version == own || version == read->version || !is_plain(version, ".+_-~^:");
    if (same && name == read->name) return purl;
    read->qualifiers.emplace_back("upstream",
                                  std::string(name).append(same ? "" : "@").append(same ? "" : version));
    std::ranges::sort(read->qualifiers);
    auto text = read->text();
    return component::Purl::parse(text).ok() ? text : purl;
}

std::string with_source_info(std::string purl, std::string_view info) {
    constexpr std::string_view beginning = "built package from: ";
    if (!info.starts_with(beginning)) return purl;
    info.remove_prefix(beginning.size());
    const auto space = std::min(info.find(' '), info.size());
    return with_source(std::move(purl), info.substr(0, space), info.substr(std::min(space + 1, info.size())));
}

} // namespace oakum::sbom
