using Microsoft.AspNetCore.Components;

namespace Hufu.Portal.Rendering;

/// <summary>A component that is a page or stands on one: it is given the page's context.</summary>
public abstract class PortalComponent : ComponentBase
{
    /// <summary>What every page knows; an object of the portal's own, untyped because components are public.</summary>
    [Parameter, EditorRequired]
    public object Page { get; set; } = null!;

    private protected PageContext C => (PageContext)Page;

    private protected Words W => C.Words;
}
