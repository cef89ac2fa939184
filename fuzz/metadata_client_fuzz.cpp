// LINK: codecs_metadata
// SPDX-License-Identifier: Apache-2.0
#include <metadata/reader.hpp>
#include <trust/client.hpp>
#include <trust/names.hpp>

#include <cstdlib>

// A hostile repository answers every question of a client, and left its files in the client's folder. Pieces
// of the input are divided by 0xFF, which no UTF-8 holds; the first is the trusted root. Without the keys of
// that root nothing may ever be stored but a root, and the machine always ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    std::vector<base::Bytes> pieces(1);
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == 0xFF)
            pieces.emplace_back();
        else
            pieces.back().push_back(data[i]);
    }
    trust::Client::Stored stored{{"root.json", pieces[0]}};
    if (pieces.size() > 1) stored["timestamp.json"] = pieces[1];
    if (pieces.size() > 2) stored["snapshot.json"] = pieces[2];
    const metadata::JsonReader reader;
    trust::Client client(std::move(stored), base::from_unix_ms(1'800'000'000'000), reader);
    trust::Step step = client.look_up("gateway/1.5.0/gateway.img");
    std::size_t next = 1, questions = 0;
    while (const auto* fetch = std::get_if<trust::Fetch>(&step.next)) {
        if (++questions > 1000) std::abort();
        for (const char c : fetch->name)
            if (c == '/') std::abort();
        if (next < pieces.size() && pieces[next].size() <= fetch->max_bytes)
            step = client.received(pieces[next++]);
        else
            step = client.missing();
    }
    return 0;
}
