namespace Hufu.Print;

/// <summary>A paragraph of a printed document.</summary>
/// <param name="Size">Type size in points, 4 to 72.</param>
/// <param name="Text">One paragraph without line ends; it is broken at the page's width. Characters that the font has none for are printed as their code points (<c>\uXXXX</c>).</param>
public sealed record PrintedLine(double Size, string Text);
