// SPDX-License-Identifier: Apache-2.0
#include <tokens/token_file.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::tokens;

namespace {

TokenFile example() {
    return {"anna",
            {base::SignatureScheme::ed25519,
             base::from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").value()},
            "pkcs11:token=anna;serial=01;object=oakum;id=%01%02"};
}

} // namespace

TEST_CASE("a file of a key in a token reads as it was written, and holds no secret") {
    const std::string text = write_token_file(example()).value();
    CHECK(text == "oakum-token-key-1\nholder: anna\npublic: ed25519 "
                  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n"
                  "token: pkcs11:token=anna;serial=01;object=oakum;id=%01%02\n");
    CHECK(read_token_file(text).value() == example());
}

TEST_CASE("what is no such file, was cut or says more is refused") {
    const std::string text = write_token_file(example()).value();
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE_MESSAGE(read_token_file(text.substr(0, size)).ok(), text.substr(0, size));
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string other = text;
        return other.replace(other.find(from), from.size(), to);
    };
    for (const std::string& each :
         {text + "module: /tmp/x.so\n", with("holder: anna", "holder: an na"), with("ed25519 ", "p256 "),
          with("ed25519 d7", "ed25519 D7"), with("pkcs11:", "file:"),
          with("%02\n", "%02?module-path=/tmp/x.so\n"), with("%02\n", "%02\x1b\n"), with("ed25519 ", "rsa "),
          std::string(5000, 'x')})
        CHECK_FALSE_MESSAGE(read_token_file(each).ok(), each);
    TokenFile file = example();
    file.uri = "pkcs11:token=a\nb";
    CHECK_FALSE(write_token_file(file).ok());
    file = example();
    file.holder = "";
    CHECK_FALSE(write_token_file(file).ok());
}
