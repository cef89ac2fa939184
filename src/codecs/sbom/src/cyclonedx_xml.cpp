// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <json/writer.hpp>

#include <algorithm>
#include <array>
#include <expat.h>
#include <memory>
#include <vector>

// CycloneDX's other spelling, XML (schemas bom-1.0.xsd to bom-1.6.xsd): written as the same document in JSON,
// of what is read there.
namespace oakum::sbom {
namespace {

constexpr std::string_view kNamespace = "http://cyclonedx.org/schema/bom/";
constexpr std::size_t kDeepest = 64;
constexpr int kPiece = 1 << 20;
constexpr char kBetween = '\n'; // a namespace and a name

enum class Node : std::uint8_t {
    none,
    bom,
    metadata,
    components,
    component,
    hashes,
    hash,
    properties,
    property,
    pedigree,
    patches,
    patch,
    resolves,
    issue,
    vulnerabilities,
    vulnerability,
    analysis,
    affects,
    target,
    versions,
    versioned,
    text,
    other // and all that is in it
};

// What stands in what, under its name. Its name in JSON is the same, but for what is in a list.
struct Edge {
    Node in;
    std::string_view name;
    Node is;
};
constexpr std::array kEdges = std::to_array<Edge>({
    {Node::none, "bom", Node::bom},
    {Node::bom, "metadata", Node::metadata},
    {Node::bom, "components", Node::components},
    {Node::bom, "vulnerabilities", Node::vulnerabilities},
    {Node::metadata, "component", Node::component},
    {Node::components, "component", Node::component},
    {Node::component, "group", Node::text},
    {Node::component, "name", Node::text},
    {Node::component, "version", Node::text},
    {Node::component, "scope", Node::text},
    {Node::component, "cpe", Node::text},
    {Node::component, "purl", Node::text},
    {Node::component, "hashes", Node::hashes},
    {Node::component, "properties", Node::properties},
    {Node::component, "pedigree", Node::pedigree},
    {Node::component, "components", Node::components},
    {Node::hashes, "hash", Node::hash},
    {Node::properties, "property", Node::property},
    {Node::pedigree, "patches", Node::patches},
    {Node::patches, "patch", Node::patch},
    {Node::patch, "resolves", Node::resolves},
    {Node::resolves, "issue", Node::issue},
    {Node::issue, "id", Node::text},
    {Node::vulnerabilities, "vulnerability", Node::vulnerability},
    {Node::vulnerability, "id", Node::text},
    {Node::vulnerability, "analysis", Node::analysis},
    {Node::vulnerability, "affects", Node::affects},
    {Node::analysis, "state", Node::text},
    {Node::analysis, "justification", Node::text},
    {Node::analysis, "detail", Node::text},
    {Node::affects, "target", Node::target},
    {Node::target, "ref", Node::text},
    {Node::target, "versions", Node::versions},
    {Node::versions, "version", Node::versioned},
    {Node::versioned, "version", Node::text},
    {Node::versioned, "range", Node::text},
    {Node::versioned, "status", Node::text},
});

bool is_list(Node node) {
    return node == Node::components || node == Node::hashes || node == Node::properties ||
           node == Node::patches || node == Node::resolves || node == Node::vulnerabilities ||
           node == Node::affects || node == Node::versions;
}
// Whose own text is a member of it.
std::string_view text_of(Node node) {
    return node == Node::hash ? "content" : node == Node::property ? "value" : "";
}
bool keeps(Node node, std::string_view attribute) {
    switch (node) {
    case Node::bom:
        return attribute == "serialNumber";
    case Node::component:
        return attribute == "type" || attribute == "bom-ref";
    case Node::hash:
        return attribute == "alg";
    case Node::property:
        return attribute == "name";
    case Node::issue:
        return attribute == "type";
    default:
        return false;
    }
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 10 && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class XmlReader {
  public:
    XmlReader() : parser_(XML_ParserCreateNS(nullptr, kBetween), XML_ParserFree) {
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(
            parser_.get(),
            [](void* self, const char* name, const char** attributes) {
                static_cast<XmlReader*>(self)->begin(name, attributes);
            },
            [](void* self, const char*) { static_cast<XmlReader*>(self)->end(); });
        XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int size) {
            static_cast<XmlReader*>(self)->characters({text, static_cast<std::size_t>(size)});
        });
        // Entities of its own could grow without end, and nobody's SBOM has any.
        XML_SetStartDoctypeDeclHandler(
            parser_.get(), [](void* self, const char*, const char*, const char*, int) {
                static_cast<XmlReader*>(self)->stop("an XML document with a DOCTYPE is not read");
            });
    }

    Result<std::string> read(std::string_view text) {
        for (std::size_t at = 0; at < text.size() || at == 0;) {
            const int size = static_cast<int>(std::min<std::size_t>(kPiece, text.size() - at));
            const bool last = at + static_cast<std::size_t>(size) == text.size();
            if (XML_Parse(parser_.get(), text.data() + at, size, last ? 1 : 0) != XML_STATUS_OK) {
                const std::string why =
                    wrong_.empty() ? XML_ErrorString(XML_GetErrorCode(parser_.get())) : wrong_;
                return base::invalid(why).at("line " +
                                             std::to_string(XML_GetCurrentLineNumber(parser_.get())));
            }
            at += static_cast<std::size_t>(size);
            if (size == 0) break;
        }
        return std::move(out_);
    }

  private:
    void stop(std::string why) {
        if (!wrong_.empty()) return;
        wrong_ = std::move(why);
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    // The schema's version in the name of its elements; nothing: another one's.
    static std::optional<std::string_view> schema_of(std::string_view space) {
        if (!space.starts_with(kNamespace)) return std::nullopt;
        return space.substr(kNamespace.size());
    }

    // Expat may call once more after it was stopped.
    void begin(std::string_view name, const char** attributes) {
        if (!wrong_.empty()) return;
        if (stack_.size() >= kDeepest) return stop("elements are too deep inside each other");
        const std::size_t cut = name.find(kBetween);
        const std::string_view space =
            cut == std::string_view::npos ? std::string_view() : name.substr(0, cut);
        const std::string_view local = cut == std::string_view::npos ? name : name.substr(cut + 1);
        const Node in = stack_.empty() ? Node::none : stack_.back();
        const auto schema = schema_of(space);
        const auto edge = std::ranges::find_if(
            kEdges, [&](const Edge& each) { return each.in == in && each.name == local && schema; });
        const Node is = edge == kEdges.end() ? Node::other : edge->is;
        if (in == Node::none && is != Node::bom)
            return stop("this is XML, and not CycloneDX: its first element is no <bom> of " +
                        std::string(kNamespace));
        stack_.push_back(is);
        if (is == Node::other) return;
        if (is == Node::bom) {
            writer_.begin_object().member("bomFormat", "CycloneDX").member("specVersion", *schema);
        } else {
            if (!is_list(in)) writer_.key(local);
            if (is == Node::text)
                text_.clear();
            else if (is_list(is))
                writer_.begin_array();
            else
                writer_.begin_object();
        }
        if (!text_of(is).empty()) text_.clear();
        for (; *attributes != nullptr; attributes += 2) {
            if (keeps(is, attributes[0])) writer_.member(attributes[0], std::string_view(attributes[1]));
            if (is == Node::bom && std::string_view(attributes[0]) == "version" && is_number(attributes[1]))
                writer_.key("version").raw(attributes[1]);
        }
    }

    void end() {
        if (!wrong_.empty()) return;
        const Node was = stack_.back();
        stack_.pop_back();
        if (was == Node::other) return;
        if (was == Node::text) {
            writer_.value(trimmed(text_));
        } else if (is_list(was)) {
            writer_.end_array();
        } else {
            if (const std::string_view own = text_of(was); !own.empty()) writer_.member(own, trimmed(text_));
            writer_.end_object();
        }
    }

    void characters(std::string_view text) {
        const Node in = stack_.empty() ? Node::none : stack_.back();
        if (in == Node::text || !text_of(in).empty()) text_ += text;
    }

    std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
    std::vector<Node> stack_;
    std::string out_, text_, wrong_;
    json::Writer writer_{out_};
};

} // namespace

bool is_xml(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return trimmed(text).starts_with('<');
}

Result<std::string> json_of_cyclonedx_xml(std::string_view text) {
    return XmlReader().read(text);
}

} // namespace oakum::sbom
