// LINK: domain_device
// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>

#include <cstdlib>

namespace {

using namespace oakum;

// Says something different of every field, so that evaluation walks all of a query.
class AnyDevice final : public device::DeviceView {
  public:
    explicit AnyDevice(std::string_view text) : text_(text) {}
    std::optional<std::string_view> fact(std::string_view key) const override {
        if (key.size() % 3 == 0) return std::nullopt;
        return text_.substr(0, key.size());
    }
    std::optional<std::string> field(device::Field field) const override {
        if (field == device::Field::last_seen) return std::nullopt;
        return std::string(text_.substr(text_.size() / 2));
    }
    device::Truth in_group(const device::Literal& name) const override {
        return device::matches_text(name, text_) ? device::Truth::yes : device::Truth::no;
    }
    device::Truth component(const device::Term& term) const override {
        component::Component component;
        component.version = std::string(text_);
        return device::compare_component(term, component);
    }
    device::Truth finding(const device::Term&) const override { return device::Truth::unknown; }

  private:
    std::string_view text_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto query = device::parse_query(text);
    if (!query.ok()) {
        if (!query.error().where.starts_with("column ")) std::abort();
        (void)device::caret(text, query.error());
        return 0;
    }
    const AnyDevice view(text);
    const device::Truth truth = device::evaluate(*query, view);
    // Negation turns the answer around and keeps what is unknown.
    const auto negated = device::parse_query("not (" + std::string(text) + ")");
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (negated.ok() && !blank && device::evaluate(*negated, view) != device::opposite(truth)) std::abort();
    return 0;
}
