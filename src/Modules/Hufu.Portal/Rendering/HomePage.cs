using System.Text;
using System.Text.RegularExpressions;
using Hufu.Governance;
using Hufu.Hosting;

namespace Hufu.Portal.Rendering;

/// <summary>The public page in one language: embedded <c>Pages/home.html</c> with its places filled in.</summary>
/// <param name="settings">Public addresses.</param>
/// <param name="policy">Types of certificates, times.</param>
/// <param name="options">The portal's options.</param>
internal sealed partial class HomePage(HostSettings settings, Policy policy, PortalOptions options)
{
    private static readonly string Template = Encoding.UTF8.GetString(Assets.Read("Pages/home.html"));

    /// <summary>Renders the page.</summary>
    /// <param name="words">In which language.</param>
    /// <param name="health">How the rooms are; null when that is not known.</param>
    /// <param name="now">The present moment.</param>
    public string Render(Words words, HealthReport? health, DateTimeOffset now)
    {
        var strip = new ServiceStrip(words, policy.Values, now);
        return Place().Replace(Template, match => match.Value switch
        {
            "{{{strip}}}" => strip.Render(health),
            "{{{types}}}" => Types(words),
            "{{cssVersion}}" => Assets.CssVersion,
            "{{base}}" => Encode(settings.PublicAddress("")),
            "{{openApi}}" => Encode(options.OpenApiPath),
            "{{howLong}}" => Encode(words.Format("howLong", (int)policy.Values.AnswerWithin.TotalHours)),
            var place => Encode(words[place.Trim('{', '}')]),
        });
    }

    /// <summary>For text and for attributes in double quotes. Chinese stays Chinese, an apostrophe an apostrophe: no numeric entities.</summary>
    internal static string Encode(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private string Types(Words words)
    {
        var chinese = words == Words.Zh;
        var page = new StringBuilder();
        foreach (var profile in policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder).OrderBy(profile => profile.Id, StringComparer.Ordinal))
        {
            page.Append($"<details><summary>{Encode(chinese ? profile.TitleZh : profile.TitleEn)}</summary><div><div><h3>{Encode(words["papers"])}</h3><ul>");
            foreach (var paper in profile.Evidence)
            {
                page.Append($"<li>{Encode(chinese ? paper.Zh : paper.En)}</li>");
            }

            page.Append($"</ul></div><div><h3>{Encode(words["fill"])}</h3><ul>");
            foreach (var field in profile.Fields)
            {
                page.Append($"<li>{Encode((chinese ? field.Zh : field.En) + (field.Required ? "" : words["optional"]))}</li>");
            }

            page.Append("</ul></div></div></details>\n");
        }

        return page.ToString();
    }

    [GeneratedRegex(@"\{\{\{[A-Za-z]+\}\}\}|\{\{[A-Za-z]+\}\}")]
    private static partial Regex Place();
}
