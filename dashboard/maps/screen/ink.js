// Colours and fonts of a map that are not of its figures.

export const BOLD = ["Guatu Bold,Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
export const FONT = ["Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
export const INK = {
  light: {ground: "#f4f2ec", outside: "#e9e7e1", line: "#ffffff", town: "#15202b", area: "#15202b",
          text: "#15202b", soft: "#37434d", halo: "#ffffff", mark: "#1f5fa8", tick: "#0f6b35"},
  dark: {ground: "#12161b", outside: "#1b2127", line: "#12161b", town: "#b0bec5", area: "#ffffff",
         text: "#ffffff", soft: "#d5dde4", halo: "#0b0f13", mark: "#7cc4ff", tick: "#7be3a2"},
}
