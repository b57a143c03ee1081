using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Hufu.Pki;

/// <summary>The transcript's JSON.</summary>
public sealed partial record CeremonyTranscript
{
    private const string Format = "hufu-ceremony-1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int MaxSize = 4 << 20;
    private const int MostItems = 10_000;
    private const int MostText = 4_000;
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>UTF-8 JSON, indented, ending in a newline.</summary>
    public byte[] Encode()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("id", Id);
            json.WriteString("title", Title);
            json.WriteString("titleEn", TitleEn);
            json.WriteString("place", Place);
            json.WriteString("script", ScriptDigest);
            json.WriteString("begun", Written(Begun));
            json.WriteString("ended", Written(Ended));
            WriteList(json, "people", People, static (w, p) =>
            {
                w.WriteString("name", p.Name);
                w.WriteString("role", p.Role);
                w.WriteString("certificate", p.CertificateDigest);
                w.WriteString("challenge", Convert.ToHexStringLower(p.Challenge));
                w.WriteString("answer", Convert.ToBase64String(p.Answer));
            });
            WriteList(json, "acts", Acts, static (w, a) =>
            {
                w.WriteNumber("number", a.Number);
                w.WriteString("time", Written(a.Time));
                w.WriteString("act", a.Act);
                w.WriteString("what", a.What);
                w.WriteString("whatEn", a.WhatEn);
                w.WriteStartArray("who");
                foreach (string name in a.Who)
                {
                    w.WriteStringValue(name);
                }

                w.WriteEndArray();
                if (a.Digest is not null)
                {
                    w.WriteString("digest", a.Digest);
                }
            });
            WriteList(json, "keys", Keys, static (w, k) =>
            {
                w.WriteString("device", k.Device);
                w.WriteString("label", k.Label);
                w.WriteString("key", k.KeyDigest);
                w.WriteString("state", k.State);
            });
            WriteList(json, "files", Files, static (w, f) =>
            {
                w.WriteString("name", f.Name);
                w.WriteNumber("size", f.Size);
                w.WriteString("sm3", f.Digest);
            });
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Reads the JSON. What it says is as true as its signatures.</summary>
    /// <exception cref="PkiException">Not a transcript, or larger than any.</exception>
    public static CeremonyTranscript Decode(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxSize)
        {
            throw PkiException.TooLarge("A transcript", MaxSize);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            if (Text(root, "format") != Format)
            {
                throw PkiException.Unsupported("The transcript is of another format than hufu-ceremony-1.");
            }

            return new CeremonyTranscript
            {
                Id = Text(root, "id"),
                Title = Text(root, "title"),
                TitleEn = Text(root, "titleEn"),
                Place = Text(root, "place"),
                ScriptDigest = Text(root, "script"),
                Begun = Time(root, "begun"),
                Ended = Time(root, "ended"),
                People = List(root, "people", static e => new CeremonyPerson(
                    Text(e, "name"), Text(e, "role"), Text(e, "certificate"), Convert.FromHexString(Text(e, "challenge")), Convert.FromBase64String(Text(e, "answer")))),
                Acts = List(root, "acts", static e => new CeremonyAct(
                    e.GetProperty("number").GetInt32(), Time(e, "time"), Text(e, "act"), Text(e, "what"), Text(e, "whatEn"),
                    List(e, "who", static n => n.GetString() ?? ""), e.TryGetProperty("digest", out _) ? Text(e, "digest") : null)),
                Keys = List(root, "keys", static e => new CeremonyKey(Text(e, "device"), Text(e, "label"), Text(e, "key"), Text(e, "state"))),
                Files = List(root, "files", static e => new CeremonyFile(Text(e, "name"), e.GetProperty("size").GetInt64(), Text(e, "sm3"))),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PkiException(PkiError.Malformed, "The bytes are no ceremony's transcript: " + e.Message);
        }
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IReadOnlyList<T> List<T>(JsonElement element, string name, Func<JsonElement, T> read)
    {
        JsonElement list = element.GetProperty(name);
        return list.GetArrayLength() <= MostItems ? [.. list.EnumerateArray().Select(read)] : throw PkiException.TooLarge($"The transcript's {name}", MostItems);
    }

    private static string Text(JsonElement element, string name)
    {
        string text = element.GetProperty(name).GetString() ?? throw PkiException.BadValue($"The transcript's '{name}' is null.");
        return text.Length <= MostText ? text : throw PkiException.TooLarge($"The transcript's '{name}'", MostText);
    }

    private static string Written(DateTimeOffset time) => time.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(JsonElement element, string name) =>
        DateTimeOffset.ParseExact(Text(element, name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
