// SPDX-License-Identifier: Apache-2.0
#include <stated/stated.hpp>

#include <patch_lists/read.hpp>

#include <algorithm>
#include <set>

namespace oakum::stated {
namespace {

// Where the component that a statement of another document names stands: what that document does not say of
// it is not asked for.
std::set<std::uint32_t> places_of(const component::Statement& statement, const openvex::Subjects& subjects,
                                  std::span<const component::Component> components) {
    // A package's release of a version ("1.36.1-r0" of opkg) is that version to whoever built it.
    const auto agrees = [](const std::optional<std::string>& said, const std::string& is) {
        if (!said || said->empty() || *said == is) return true;
        const std::string begins = *said + "-r";
        return is.size() > begins.size() && is.starts_with(begins) &&
               is.find_first_not_of("0123456789", begins.size()) == std::string::npos;
    };
    std::set<std::uint32_t> places;
    for (const std::uint32_t place : subjects.named_by(statement.component_name)) {
        const component::Component& component = components[place];
        const bool same_purl = component.purl.empty() || agrees(statement.purl, component.purl);
        if (agrees(statement.version, component.version) && same_purl) places.insert(place);
    }
    return places;
}

struct Meant {
    bool whole = false; // the thing itself
    std::set<std::uint32_t> places;
};

// What a reference into another document is here.
Meant linked_to(const sbom::Linked& linked, const sbom::References& document,
                const openvex::Subjects& subjects, std::span<const component::Component> components) {
    const std::string texts[] = {linked.reference, sbom::unescaped(linked.reference)};
    if (!linked.link.empty() && linked.link == document.link) {
        if (linked.reference.empty()) return {true, {}};
        for (const std::string& text : texts)
            if (const auto found = document.named.find(text); found != document.named.end())
                return found->second.component_name.empty()
                           ? Meant{true, {}}
                           : Meant{false, places_of(found->second, subjects, components)};
    }
    for (const std::string& text : texts) {
        const auto purl = component::Purl::parse(text);
        if (!purl.ok() || purl->version.empty()) continue;
        const auto places = subjects.named_by(text);
        return {false, {places.begin(), places.end()}};
    }
    return {};
}

// "app" of "registry.example/team/app:1.2@sha256:...", or of "app 1.2"
std::string_view last_name(std::string_view name) {
    name = name.substr(0, name.find_first_of("@ "));
    if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name = name.substr(slash + 1);
    return name.substr(0, name.find(':'));
}

// Whether the product of which parts are spoken is what is looked at.
bool is_here(const openvex::Statement& statement, const openvex::Subjects& subjects, std::string_view thing) {
    return std::ranges::any_of(statement.products, [&](const std::string& product) {
        if (!subjects.named_by(product).empty()) return true;
        if (thing.empty()) return false;
        if (product == thing) return true;
        const auto purl = component::Purl::parse(product);
        return purl.ok() && purl->name == last_name(thing);
    });
}

} // namespace

base::Result<Said> read(std::string_view text) {
    Said said;
    if (openvex::is_openvex(text)) {
        said.format = "OpenVEX";
        TRY_VALUE(said.statements, openvex::parse(text));
        return said;
    }
    if (patch_lists::is_patch_list(text)) {
        said.format = "cve-check or pkg-stats";
        TRY_VALUE(said.of_components, patch_lists::read(text));
        return said;
    }
    TRY_VALUE(auto document, sbom::parse(text));
    said.format = std::move(document.format);
    said.of_components = std::move(document.statements);
    said.linked = std::move(document.linked);
    return said;
}

base::Status say(component::Statement statement, bool whole, std::span<const std::uint32_t> places,
                 std::span<const component::Component> components, std::vector<component::Statement>& out) {
    if (out.size() + places.size() + 1 > most_statements)
        return base::too_large("more than a million statements");
    if (whole) out.push_back(statement);
    for (const std::uint32_t place : places) {
        const component::Component& component = components[place];
        statement.component_name = component.name;
        statement.version = component.version;
        statement.purl = component.purl;
        out.push_back(statement);
    }
    return {};
}

base::Result<std::size_t> apply(const Said& said, std::span<const component::Component> components,
                                std::vector<component::Statement>& out, std::string_view thing,
                                const sbom::References& document) {
    const openvex::Subjects subjects(components);
    std::size_t used = 0;
    const auto add = [&](component::Statement statement, bool whole, const std::set<std::uint32_t>& places) {
        const std::vector<std::uint32_t> list(places.begin(), places.end());
        return say(std::move(statement), whole, list, components, out);
    };
    for (const openvex::Statement& statement : said.statements) {
        if (statement.of_parts && !is_here(statement, subjects, thing)) continue;
        std::set<std::uint32_t> places;
        for (const std::string& about : statement.about)
            for (const std::uint32_t place : subjects.named_by(about))
                places.insert(place);
        used += places.empty() ? 0 : 1;
        for (const std::string& vulnerability : statement.vulnerabilities)
            TRY(add({vulnerability, "", statement.status, statement.justification}, false, places));
    }
    for (const component::Statement& statement : said.of_components) {
        const bool whole = statement.component_name.empty();
        const auto places = whole ? std::set<std::uint32_t>() : places_of(statement, subjects, components);
        used += whole || !places.empty() ? 1 : 0;
        TRY(add({statement.advisory, "", statement.status, statement.justification}, whole, places));
    }
    for (const sbom::Linked& linked : said.linked) {
        auto [whole, places] = linked_to(linked, document, subjects, components);
        const auto is_other = [&](const component::Component& component) {
            return !sbom::is_about(linked.versions, linked.statement.status, component.version,
                                   component.purl);
        };
        std::erase_if(places, [&](std::uint32_t place) { return is_other(components[place]); });
        whole = whole && !is_other({});
        used += whole || !places.empty() ? 1 : 0;
        TRY(add(linked.statement, whole, places));
    }
    return used;
}

} // namespace oakum::stated
