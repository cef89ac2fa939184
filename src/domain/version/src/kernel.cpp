// SPDX-License-Identifier: Apache-2.0
#include "schemes.hpp"

#include <version/version.hpp>

#include <algorithm>
#include <array>

namespace oakum::version {
namespace {

constexpr char candidate = 1, release = 2;

struct Kernel {
    std::vector<std::string_view> numbers;
    std::string_view candidate_number;
};

// "6.6.144-yocto-standard": the numbers are upstream's, what follows is the builder's. Distributions whose
// third number stays 0 and who count in the suffix ("5.15.0-91-generic") have left upstream's numbering:
// refused.
base::Result<Kernel> read(std::string_view text) {
    text = without_v(text);
    Kernel kernel;
    while (kernel.numbers.size() < 4) {
        const auto number = take_digits(text);
        if (number.empty()) return unreadable("kernel", "a number is missing");
        kernel.numbers.push_back(number);
        if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) break;
        text.remove_prefix(1);
    }
    if (kernel.numbers.size() < 2) return unreadable("kernel", "it needs at least two numbers");
    if (kernel.numbers[0].size() > 2) return unreadable("kernel", "its first number is no kernel's");
    if (!text.empty() && std::string_view("-+_~ .").find(text.front()) == std::string_view::npos)
        return unreadable("kernel", "something follows the numbers");
    if (text.find_first_of("*<>=,") != std::string_view::npos)
        return unreadable("kernel", "a family or a range");
    if (text.starts_with("-rc")) {
        auto rest = text.substr(3);
        kernel.candidate_number = take_digits(rest);
        if (kernel.candidate_number.empty()) return unreadable("kernel", "-rc without a number");
    } else if (text.size() > 1 && text[0] == '-' && is_digit(text[1]) && kernel.numbers.size() == 3 &&
               is_zero(kernel.numbers[2])) {
        return unreadable("kernel", "a distribution's own numbering");
    }
    return kernel;
}

} // namespace

base::Result<std::string> kernel_key(std::string_view text) {
    TRY_VALUE(const Kernel kernel, read(text));
    std::string key;
    for (std::size_t i = 0; i < 4; ++i)
        append_number(key, i < kernel.numbers.size() ? kernel.numbers[i] : std::string_view());
    if (kernel.candidate_number.empty()) {
        key += release;
    } else {
        key += candidate;
        append_number(key, kernel.candidate_number);
    }
    return key;
}

base::Result<std::string> kernel_series(std::string_view text) {
    if (text.size() > longest_version) return base::too_large("a version of more than 128 characters");
    TRY_VALUE(const Kernel kernel, read(text));
    std::string series(kernel.numbers[0]);
    series.append(".").append(kernel.numbers[1]);
    if (series == "2.6" && kernel.numbers.size() > 2) series.append(".").append(kernel.numbers[2]);
    return series;
}

namespace {

// Words by which makers of chips and boards, and others with branches of their own, tell their kernels; a
// number may follow ("imx8", "rk3588").
constexpr std::array branch_words{
    std::string_view("android"),  std::string_view("tegra"),    std::string_view("l4t"),
    std::string_view("imx"),      std::string_view("lsdk"),     std::string_view("qoriq"),
    std::string_view("fslc"),     std::string_view("qcom"),     std::string_view("msm"),
    std::string_view("qcs"),      std::string_view("ipq"),      std::string_view("mtk"),
    std::string_view("mediatek"), std::string_view("rockchip"), std::string_view("rk"),
    std::string_view("sunxi"),    std::string_view("amlogic"),  std::string_view("meson"),
    std::string_view("bcm"),      std::string_view("brcm"),     std::string_view("rpi"),
    std::string_view("raspi"),    std::string_view("v7"),       std::string_view("v7l"),
    std::string_view("v8"),       std::string_view("xilinx"),   std::string_view("xlnx"),
    std::string_view("zynq"),     std::string_view("zynqmp"),   std::string_view("ti"),
    std::string_view("am"),       std::string_view("stm32mp"),  std::string_view("mvebu"),
    std::string_view("marvell"),  std::string_view("cn"),       std::string_view("exynos"),
    std::string_view("sprd"),     std::string_view("unisoc"),   std::string_view("hisi"),
    std::string_view("renesas"),  std::string_view("rcar"),     std::string_view("socfpga"),
    std::string_view("ingenic"),  std::string_view("realtek"),  std::string_view("rtd"),
    std::string_view("cip"),      std::string_view("linaro"),   std::string_view("lsk"),
    std::string_view("ltsi"),     std::string_view("bsp"),      std::string_view("vendor")};

bool is_branch(std::string_view word) {
    return std::ranges::any_of(branch_words, [&](std::string_view known) {
        return word.starts_with(known) && (word.size() == known.size() || is_digit(word[known.size()]));
    });
}

} // namespace

std::string kernel_branch(std::string_view text) {
    if (text.size() > longest_version) return {};
    const auto lowered = lower(text);
    std::string_view rest = lowered;
    rest.remove_prefix(std::min(rest.size(), rest.find_first_of("-+_~ "))); // "v7.0" is a number
    while (!rest.empty()) {
        const auto end = rest.find_first_of("-+_~ .");
        const auto word = rest.substr(0, end);
        if (is_branch(word)) return std::string(word);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return {};
}

} // namespace oakum::version
