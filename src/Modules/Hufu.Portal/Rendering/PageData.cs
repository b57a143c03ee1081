using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Hufu.Portal.Rendering;

/// <summary>Data that a page carries for its script: JSON as the text of a <c>template</c>, so that nothing in it is ever markup or code.</summary>
internal static class PageData
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);
}
